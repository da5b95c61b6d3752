"""What an assistant may try with a token that is good: other limits, other answers, other persons, no trace."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from member_space.domain.api_scope import Scope
from member_space.models import ApiCount, Message, Reading, Request
from member_space.views.api.written import MOST_SENT
from tests.factories.api import bearer, make_client, token_of
from tests.factories.statement import line_values, make_statement

ME = "/api/v1/me"
A_MESSAGE = {"topic": "message.delay", "text": "Où est mon remboursement ?"}
A_TALK = {"topic": "message.delay", "question": "Où est-il ?", "transcript": []}


@pytest.fixture
def exchanged(db, grant):
    """Another assistant, which the office lets ask once a minute, with the family's grant by token exchange."""
    actor = make_client(db, per_minute=1)
    made = bearer(token_of(db, grant, actor_id=actor.id))
    db.commit()
    return made


def test_who_acts_by_exchange_has_his_own_limit_and_takes_nobody_else_s(app, db, family, headers, exchanged):
    app.get(ME, headers=headers)
    statuses = [app.get(ME, headers=exchanged, status="*").status_int for _n in range(3)]
    assert 429 in statuses
    own = db.scalar(select(ApiCount.count).where(ApiCount.who == f"client:{family['client'].id}"))
    assert own == 1


def test_two_assistants_of_one_leave_share_no_key(app, db, headers, exchanged):
    """One does not read what the other was told, nor find its own message unwritten."""
    key = {"Idempotency-Key": str(uuid4())}
    first = app.post_json("/api/v1/messages", A_MESSAGE, headers=headers | key, status=201)
    second = app.post_json("/api/v1/messages", A_MESSAGE, headers=exchanged | key, status=201)
    assert "Idempotent-Replayed" not in second.headers
    assert second.json["request"]["id"] != first.json["request"]["id"]
    assert second.json["written_as"] != first.json["written_as"]


def test_an_assistant_does_not_bury_the_office(app, db, headers):
    """Messages and talks count together; what is over is refused with when to come back, and nothing is written."""
    for n in range(MOST_SENT + 1):
        path, body = ("/messages", A_MESSAGE) if n % 2 else ("/handover", A_TALK)
        own = headers | {"Idempotency-Key": str(uuid4())}
        answer = app.post_json(f"/api/v1{path}", body, headers=own, status="*")
        assert answer.status_int == (201 if n < MOST_SENT else 429)
    assert answer.content_type == "application/problem+json"
    assert answer.json["type"].endswith("#too-many-messages")
    assert 1 <= int(answer.headers["Retry-After"]) <= 900
    assert db.scalar(select(func.count()).select_from(Request)) == MOST_SENT


@pytest.mark.parametrize("path", [ME, "/api/v1/me/beneficiaries", "/api/fhir/r4/Coverage"])
def test_a_head_tells_whether_something_changed_hence_is_a_reading(app, db, headers, path):
    assert app.head(path, headers=headers).headers["ETag"]
    assert db.scalars(select(Reading)).all()


def test_a_narrowed_token_is_no_wider_under_another_name_of_the_address(app, scoped):
    narrow = scoped(Scope.PROFILE_READ)
    for path in (
        "/api/v1/reimbursements",
        "/api/v1//reimbursements",
        "/api/v1/reimbursements/",
        "/API/v1/reimbursements",
    ):
        assert app.get(path, headers=narrow, status="*").status_int in (403, 404)


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "latin-1", "ascii", "rot13", "undefined", "nothing"])
def test_no_encoding_makes_another_body_of_the_one_that_was_checked(app, db, headers, charset):
    """« +AAA- » is NUL in UTF-7, « +2AA- » half a character."""
    body = b'{"topic": "message.delay", "text": "+AAA- +2AA- \xc3\xa9"}'
    own = headers | {"Idempotency-Key": str(uuid4())}
    app.post("/api/v1/messages", body, headers=own, content_type=f"application/json; charset={charset}", status=415)
    for same in ("utf-8", "UTF-8", '"utf-8"'):
        own = headers | {"Idempotency-Key": str(uuid4())}
        app.post("/api/v1/messages", body, headers=own, content_type=f"application/json; charset={same}", status=201)
    texts = db.scalars(select(Message.body)).all()
    assert texts == ["+AAA- +2AA- \N{LATIN SMALL LETTER E WITH ACUTE}"] * 3


def test_what_an_adult_closes_or_a_child_who_grows_up_an_old_token_reads_no_more(app, db, family, grant, headers):
    """The leave names persons; how much of each is read is decided at each question."""
    grant.person_ids = [family[who].id for who in ("holder", "spouse", "child")]
    family["spouse"].care_open_to_holder = True
    lines = [line_values(family[who], family["contract"], label="Psychiatrie") for who in ("spouse", "child")]
    statement = make_statement(db, family["contract"], lines)
    db.commit()
    listed = ("/api/v1/reimbursements", "/api/fhir/r4/ExplanationOfBenefit")
    explained = [f"/api/v1/reimbursements/{statement.public_id}.{rank}" for rank in (1, 2)]
    for path in (*listed, *explained):
        assert "Psychiatrie" in app.get(path, headers=headers).text
    family["spouse"].care_open_to_holder = False
    family["child"].birth_date = date(2000, 1, 1)
    db.commit()
    for path in listed:
        answer = app.get(path, headers=headers)
        assert "Psychiatrie" not in answer.text
    assert len(app.get(listed[0], headers=headers).json["lines"]) == 2
    for path in explained:
        app.get(path, headers=headers, status=404)
