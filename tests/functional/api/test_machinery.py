"""What every endpoint does alike: tokens, problems, bodies, ETags, languages, and the document they are held to."""

import json

import pytest
from openapi_spec_validator import validate
from pyramid.request import Request
from sqlalchemy import select

from member_space.domain.api_scope import Scope
from member_space.models import Reading
from member_space.views.api.document import operations, read_document
from tests.functional.helpers import sign_in

ME = "/api/v1/me"


def problem_of(response):
    assert response.content_type == "application/problem+json"
    body = response.json
    assert body["status"] == response.status_int
    assert body["request_id"] == response.headers["X-Request-ID"]
    return body


def test_me_is_who_the_token_speaks_for(ask, family, grant):
    contract = {"id": str(family["contract"].public_id), "number": family["contract"].number}
    found = ask("/me")
    cover = found["member"].pop("covers")
    assert found["member"] == {
        "id": str(family["holder"].public_id),
        "name": f"Nadia {family['holder'].last_name}",
        "birth_date": "1984-02-03",
        "is_member": True,
        "is_adult": True,
        "is_covered": True,
    }
    assert [(one["contract"], one["relation"], one["until"]) for one in cover] == [(contract, "holder", None)]
    assert found["access"]["assistant"] == family["client"].name
    assert found["access"]["persons"] == [str(family[who].public_id) for who in ("holder", "child")]
    assert found["source"]["url"] == "http://localhost/"


def test_a_reading_through_a_token_is_told_to_each_of_its_persons(db, ask, family):
    ask("/me")
    rows = db.execute(select(Reading.subject_person_id, Reading.assistant, Reading.what)).all()
    assert {(row.subject_person_id, row.assistant, row.what) for row in rows} == {
        (family[who].id, family["client"].name, "home") for who in ("holder", "child")
    }


def test_without_a_token_a_client_learns_where_to_ask_for_one(app):
    response = app.get(ME, status=401)
    assert problem_of(response)["type"] == "http://localhost/api/v1/docs#unauthorized"
    assert response.headers["WWW-Authenticate"] == (
        'Bearer resource_metadata="http://localhost/.well-known/oauth-protected-resource"'
    )


def test_a_token_that_is_none_is_called_invalid(app):
    response = app.get(ME, headers={"Authorization": "Bearer forged"}, status=401)
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


def test_a_cookie_opens_nothing(app, db, family):
    sign_in(app, db, family["account"])
    app.get(ME, status=401)


def test_a_token_that_lacks_the_scope_is_told_which(app, scoped):
    response = app.get(ME, headers=scoped(Scope.CARDS_READ), status=403)
    assert problem_of(response)["type"].endswith("#insufficient-scope")
    challenge = response.headers["WWW-Authenticate"]
    assert 'error="insufficient_scope"' in challenge
    assert 'scope="profile:read"' in challenge


def test_a_client_in_its_own_name_reads_nobody_s_data(app, in_its_own_name):
    app.get(ME, headers=in_its_own_name, status=403)


def test_the_same_again_is_not_sent_again_and_is_a_reading_all_the_same(app, db, headers):
    first = app.get(ME, headers=headers)
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Accept-Language"} <= set(first.headers["Vary"].split(", "))
    second = app.get(ME, headers=headers | {"If-None-Match": first.headers["ETag"]}, status=304)
    assert not second.body
    assert app.get(ME, headers=headers | {"If-None-Match": '"another"'}).body == first.body


def test_a_server_whose_stream_is_read_once_is_answered_too(app, headers):
    """As gunicorn's: it has no seek, and says that it ends by itself."""

    class Once:
        def read(self, *_size):
            return b""

    environ = {"wsgi.input": Once(), "wsgi.input_terminated": True}
    asked = Request.blank(ME, headers=headers, environ=environ)
    assert asked.get_response(app.app).status_int == 200


def test_a_head_is_answered_as_its_get(app, headers):
    assert app.head(ME, headers=headers).headers["ETag"] == app.get(ME, headers=headers).headers["ETag"]


def test_another_method_is_named(app, headers):
    response = app.delete(ME, headers=headers, status=405)
    problem_of(response)
    assert response.headers["Allow"] == "GET, HEAD"


def test_an_address_that_is_none_is_a_problem_too(app, headers):
    problem_of(app.get("/api/v1/nothing", headers=headers, status=404))
    problem_of(app.get("/api/v1/%ff", headers=headers, status=400))


def test_who_wants_no_json_is_told_there_is_nothing_else(app, headers):
    problem_of(app.get(ME, headers=headers | {"Accept": "text/html"}, status=406))


@pytest.mark.parametrize(("asked", "title"), [("fr", "Il n’y a rien ici"), ("en", "There is nothing here")])
def test_problems_speak_the_language_asked(app, headers, asked, title):
    response = app.get("/api/v1/nothing", headers=headers | {"Accept-Language": asked}, status=404)
    assert problem_of(response)["title"].startswith(title)
    assert response.headers["Content-Language"] == asked


JSON = "application/json"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"a=b", "application/x-www-form-urlencoded", 415),
        (b"--x--", "multipart/form-data; boundary=x", 415),
        (b'"' + b"a" * 65_536 + b'"', JSON, 413),
        (b"{", JSON, 400),
        (b'{"a": "\xff"}', JSON, 400),
        (b'{"a": "\\u0000"}', JSON, 400),
        (b'{"a": "\\ud800"}', JSON, 400),
        (b'{"\\ud800": 1}', JSON, 400),
        (b'{"a": NaN}', JSON, 400),
        (b'{"a": 1e999}', JSON, 400),
        (b'{"a": ' + b"9" * 5000 + b"}", JSON, 400),
        (b"[" * 33 + b"]" * 33, JSON, 400),
        (b"[" * 30_000 + b"]" * 30_000, JSON, 400),
    ],
)
def test_a_body_that_cannot_be_read_stops_at_the_door(app, headers, body, kind, status):
    response = app.post(ME, body, headers=headers, content_type=kind, status=status)
    problem_of(response)


def test_a_body_that_can_be_read_passes_the_door(app, headers):
    app.post(ME, json.dumps({"a": ["é", 1.5, None]}), headers=headers, content_type=JSON, status=405)


def test_ten_megabytes_are_not_read(app, headers):
    app.post(ME, b" " * 10_000_000, headers=headers, content_type=JSON, status=413)


def test_the_document_is_valid_and_whole(app):
    published = app.get("/api/v1/openapi.json").json
    validate(published)
    assert published["servers"] == [{"url": "http://localhost/api/v1"}]
    found = operations(read_document())
    assert len({operation["operationId"] for _path, _method, operation in found}) == len(found)


def test_every_operation_says_its_scope(app):
    for path, method, operation in operations(read_document()):
        [security] = operation["security"]
        [scope] = security["oauth2"]
        assert Scope(scope), f"{method} {path}"
