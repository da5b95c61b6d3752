"""Twenty clicks on « Envoyer » at once: one request, one message, one mail."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from pyramid.request import Request as WebRequest
from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.config import make_app
from member_space.models import Event, Message, Notification, Request, RequestTransition
from member_space.services.sessions import Lifetimes, open_session
from tests.conftest import TEST_INI
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.messages import worker_tools
from tests.factories.request import make_draft
from tests.transactions.together import at_once

CLICKS = 20
CSRF = "0" * 40


@pytest.fixture
def member(own_database, settings):
    """What sends a form as a member signed in, and his account and contract, in a session that stays."""
    app = make_app(TEST_INI, own_database)
    with Session(own_database, expire_on_commit=False) as db:
        holder = make_person(db)
        account, contract = make_account(db, holder), make_contract(db, holder)
        _, token = open_session(db, account.id, datetime.now(UTC), Lifetimes.of(settings))
        db.commit()

        def post(path: str, **fields: str) -> tuple[int, str | None]:
            headers = {"Cookie": f"session={token}; csrf={CSRF}"}
            answer = WebRequest.blank(path, headers=headers, POST=fields | {"csrf_token": CSRF}).get_response(app)
            return answer.status_int, answer.location

        yield post, db, account, contract


def rows_of(engine, model, *conditions) -> list:
    with Session(engine) as db:
        return list(db.scalars(select(model).where(*conditions)))


def test_a_draft_leaves_once_and_every_click_comes_to_it(own_database, settings, member):
    """A complaint, whose legal days are written with its sending: a late click must not wipe them out."""
    post, db, account, contract = member
    tools, *_ = worker_tools(settings, own_database)
    draft = make_draft(db, tools, account, contract, "complaint", "complaint.delay", details={"motive": "delay"})
    db.commit()
    path = f"/demandes/{draft.public_id}"
    answers = at_once(lambda _n: post(f"{path}/envoyer", vu=draft.activity_at.isoformat()), range(CLICKS))
    assert {status for status, _location in answers} == {303}
    assert {location.partition("?")[0] for _status, location in answers} == {f"http://localhost{path}"}
    [row] = rows_of(own_database, Request)
    assert (row.state, row.version) == ("to_do", 2)
    assert {"motive", "acknowledge_by", "answer_by"} <= set(row.details)
    assert len(rows_of(own_database, RequestTransition)) == 1
    assert len(rows_of(own_database, Message)) == 1
    assert len(rows_of(own_database, Notification, Notification.kind == "request_received")) == 1
    assert len(rows_of(own_database, Event, Event.kind == "request:moved")) == 1


def test_a_written_message_is_one_request(own_database, member):
    post, *_ = member
    fields = {"objet": "message.amount", "pour": "tous", "texte": "Pourquoi ce montant ?", "cle": str(uuid4())}
    answers = at_once(lambda _n: post("/messages/ecrire", **fields), range(CLICKS))
    assert {status for status, _location in answers} == {303}
    [row] = rows_of(own_database, Request)
    assert row.number
    assert len(rows_of(own_database, Message)) == 1
    assert len(rows_of(own_database, Notification, Notification.kind == "request_received")) == 1


def test_one_form_submitted_by_twenty_tabs_makes_one_draft(own_database, member):
    post, *_ = member
    fields = {"objet": "claim.optics", "cle": str(uuid4())}
    answers = at_once(lambda _n: post("/demarches/remboursement", **fields), range(CLICKS))
    [row] = rows_of(own_database, Request)
    assert (row.state, row.number) == ("draft", None)
    assert set(answers) == {(303, f"http://localhost/demandes/{row.public_id}/soin")}
