"""Bad input, wrong doors and breakdowns: a page in plain words, with its headers, and nothing inside shown."""

import re

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from webtest import TestApp

from member_space.config import make_app
from tests.conftest import TEST_INI
from tests.factories.household import make_account, make_contract, make_person
from tests.functional.helpers import sign_in


@pytest.fixture
def member(app, db):
    person = make_person(db)
    make_contract(db, person)
    return sign_in(app, db, make_account(db, person))


def reference_of(answer):
    """What the page asks to dictate: how the id of the request begins, in two groups of four."""
    number = answer.headers["X-Request-ID"]
    return f"{number[:4]}-{number[4:8]}"


@pytest.mark.parametrize(
    "path",
    [
        "/connexion?next=%ff",
        "/connexion?a=%00",
        "/connexion?a=%C0%80",
        "/connexion?a=%ED%A0%80",
        "/%ff",
        "/%00",
        "/%C3%28",
        "/connexion?" + "a" * 5000,
        "/connexion?" + "&".join(["a=1"] * 500),
        "/" + "a" * 5000,
    ],
)
def test_what_cannot_be_read_is_refused_in_plain_words(app, path):
    answer = app.get(path, status=400)
    assert answer.content_type == "text/html"
    assert "compris" in answer


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"email=%ff", "application/x-www-form-urlencoded", 400),
        (b"email=%C3%28", "application/x-www-form-urlencoded", 400),
        (b"email=a%00b", "application/x-www-form-urlencoded", 400),
        (b"&".join([b"a=1"] * 5000), "application/x-www-form-urlencoded", 400),
        (b"a" * 70_000, "application/x-www-form-urlencoded", 413),
        (b"--x--", "multipart/form-data; boundary=x", 400),
        (b"{}", "application/json", 400),
        (b"email=a", "application/x-www-form-urlencoded; charset=utf-16", 400),
        (b"email=a", "application/x-www-form-urlencoded; charset=nope", 400),
    ],
)
def test_a_body_that_no_form_of_ours_sends_is_refused(app, body, kind, status):
    app.get("/connexion")
    answer = app.post("/connexion", body, content_type=kind, expect_errors=True)
    assert answer.status_int == status


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Range", "bytes=0-" + "9" * 5000),
        ("Range", "bytes=-" + "9" * 5000),
        ("If-Modified-Since", "Mon, 01 Jan 99999 00:00:00 GMT"),
        ("If-Modified-Since", "Mon, 01 Jan 2026 00:00:00 +99999999999999999999"),
        ("If-Range", "Mon, 01 Jan 99999 00:00:00 GMT"),
    ],
)
def test_a_range_or_a_date_that_cannot_be_read_is_as_if_not_sent(app, wsgi_app, name, value):
    address = f"/assets/{wsgi_app.registry.assets['theme.css'].version}/theme.css"
    whole = app.get(address).body
    headers = {name: value} if name == "Range" else {"Range": "bytes=0-", name: value}
    answer = app.get(address, headers=headers)
    assert answer.body == whole
    assert answer.status_int == (200 if name == "Range" else 206)


def test_a_redirect_never_repeats_a_host_that_is_not_ours(engine):
    browser = TestApp(make_app(TEST_INI | {"site.hosts": "espace.example.org"}, engine))
    ours = browser.get("/contrats", headers={"Host": "espace.example.org"}, status=303)
    assert ours.location.startswith("http://espace.example.org/connexion")
    refused = browser.get("/contrats", headers={"Host": "evil.example"}, status=400)
    assert "evil.example" not in refused
    browser.get("/healthz", headers={"Host": "10.0.0.7"}, status=200)


def test_a_page_that_does_not_exist(app, member):
    answer = app.get("/nulle-part", status=404)
    assert "n’existe pas" in answer
    assert reference_of(answer) in answer
    # The way out is there, whoever asks.
    assert len(answer.html.main.select("nav a")) == 5


def test_a_wrong_method_says_which_are_right(app):
    answer = app.put("/connexion", expect_errors=True)
    assert (answer.status_int, answer.headers["Allow"]) == (405, "GET, HEAD, POST")


def test_an_address_that_only_takes_a_form_leads_to_the_page_of_that_form(app):
    answer = app.get("/demandes/0d2b7b0e-0000-4000-8000-000000000000/repondre", status=303)
    assert answer.location == "http://localhost/demandes/0d2b7b0e-0000-4000-8000-000000000000"
    assert app.get("/session/prolonger", status=405).headers["Allow"] == "POST"
    assert app.post("/healthz", expect_errors=True).headers["Allow"] == "GET, HEAD"


def test_nobody_is_sent_to_the_door_and_back_after(app):
    answer = app.get("/remboursements?page=2", status=303)
    assert answer.location == "http://localhost/connexion?next=%2Fremboursements%3Fpage%3D2"
    assert answer.follow().forms[0]["next"].value == "/remboursements?page=2"
    # An id of nobody's and an id of somebody's look the same to nobody.
    assert app.get("/remboursements/decomptes/x", status=303).location.startswith("http://localhost/connexion")


def test_a_break_down_shows_nothing_and_needs_no_database(app, member, wsgi_app, caplog):
    def broken():
        raise RuntimeError("NIR 1 85 04 75 116 001 46 of somebody, token=abcdef123456")

    before, wsgi_app.registry.session_factory = wsgi_app.registry.session_factory, broken
    answer = app.get("/", status=500)
    wsgi_app.registry.session_factory = before
    assert "panne" in answer
    assert "RuntimeError" not in answer
    assert "somebody" not in answer
    assert reference_of(answer) in answer
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert any("unhandled" in str(record.msg) for record in caplog.records)


def test_an_error_of_the_database_in_the_middle_is_a_500_page(app, member, wsgi_app, monkeypatch):
    monkeypatch.setattr("member_space.security.policy.read_session", lambda db, *_: db.execute(text("select 1/0")))
    answer = app.get("/", status=500)
    assert "panne" in answer


def test_the_headers_of_every_answer(app, wsgi_app):
    nonces = set()
    for path, status in (("/connexion", 200), ("/nulle-part", 404), ("/healthz", 200), ("/?a=%ff", 400)):
        headers = app.get(path, status=status).headers
        policy = headers["Content-Security-Policy"]
        nonces.add(re.search(r"script-src 'self' 'nonce-([\w-]{20,})'", policy).group(1))
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"
        assert "camera=()" in headers["Permissions-Policy"]
        assert "Strict-Transport-Security" not in headers
        assert re.fullmatch("[0-9a-f]{32}", headers["X-Request-ID"])
    assert len(nonces) == 4


def test_a_public_file_may_be_kept(app, wsgi_app):
    asset = wsgi_app.registry.assets["theme.css"]
    answer = app.get(f"/assets/{asset.version}/theme.css")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


def test_a_database_that_is_away_is_a_503_page_that_says_when_to_come_back(app, wsgi_app, member):
    def away():
        raise OperationalError("select 1", {}, Exception("connection refused"))

    before, wsgi_app.registry.session_factory = wsgi_app.registry.session_factory, away
    answer = app.get("/", status=503)
    wsgi_app.registry.session_factory = before
    assert "s’interrompt un moment" in answer
    assert answer.headers["Retry-After"] == "30"
    assert reference_of(answer) in answer
