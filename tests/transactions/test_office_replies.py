"""Answers that two handlers send at the same time, through the pages, with real commits (R10, R11)."""

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from pyramid.request import Request as WebRequest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from member_space.config import make_app
from member_space.domain.permissions import Role
from member_space.models import Message, Notification, Request
from member_space.services.sessions import Lifetimes, open_session
from tests.conftest import TEST_INI
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.messages import worker_tools
from tests.factories.office import make_colleague
from tests.factories.request import make_request
from tests.factories.request import take as take_it
from tests.transactions.together import at_once

TABS, ROUNDS = 20, 10
CSRF = "0" * 40


@pytest.fixture
def office(own_database, settings):
    """What sends a form as Claire or as Hugo, and what makes a request that Claire holds."""
    app = make_app(TEST_INI, own_database)
    tools = worker_tools(settings, own_database)[0]
    with Session(own_database, expire_on_commit=False) as db:
        holder = make_person(db)
        member, contract = make_account(db, holder), make_contract(db, holder)
        team = {name: make_colleague(db, Role.HANDLER, name) for name in ("Claire", "Hugo")}
        now, lives = datetime.now(UTC), Lifetimes.of(settings)
        tokens = {name: open_session(db, one.id, now, lives)[1] for name, one in team.items()}
        db.commit()

        def hers() -> Request:
            row = make_request(db, tools, member, contract)
            take_it(db, tools, row, team["Claire"])
            db.commit()
            return row

        def post(name: str, row: Request, act: str, **fields: str) -> tuple[int, BeautifulSoup]:
            headers = {"Cookie": f"session={tokens[name]}; csrf={CSRF}"}
            sent = fields | {"version": str(row.version), "csrf_token": CSRF}
            path = f"/bureau/demandes/{row.public_id}/{act}"
            answer = WebRequest.blank(path, headers=headers, POST=sent).get_response(app)
            return answer.status_int, BeautifulSoup(answer.text, "html.parser")

        yield post, hers


def written(engine, row) -> list[str]:
    with Session(engine) as db:
        query = select(Message.body).where(Message.request_id == row.id, Message.side == "office")
        return list(db.scalars(query))


def told(engine) -> int:
    with Session(engine) as db:
        kind = Notification.kind == "request_answered"
        return db.scalar(select(func.count()).select_from(Notification).where(kind)) or 0


@pytest.mark.parametrize("then", ["reste", "clot"])
def test_twenty_tabs_send_one_answer_and_each_other_one_keeps_its_text(own_database, office, then):
    post, hers = office
    row = hers()
    answers = at_once(lambda n: post("Claire", row, "repondre", body=f"Réponse {n}.", then=then), range(TABS))
    [first] = [n for n, (status, _page) in enumerate(answers) if status == 303]
    assert written(own_database, row) == [f"Réponse {first}."]
    assert told(own_database) == 1
    for n, (status, page) in enumerate(answers):
        if n != first:
            assert status == 409
            assert page.select_one("#body").text.strip() == f"Réponse {n}."
            assert "Claire" in page.select_one(".notice-bad[role=alert] li").text


def test_a_colleague_who_takes_it_over_meanwhile_and_its_holder_who_answers(own_database, office):
    """Whoever is first; the other one is told what he did, and of an answer no word is lost."""
    post, hers = office
    for n in range(ROUNDS):
        row = hers()
        acts = [("Claire", "repondre", {"body": f"Réponse {n}.", "then": "reste"}), ("Hugo", "prendre", {})]
        before = told(own_database)
        answers = at_once(lambda one, row=row: post(one[0], row, one[1], **one[2]), acts)
        statuses = [status for status, _page in answers]
        assert sorted(statuses) == [303, 409]
        if statuses[0] == 303:
            assert written(own_database, row) == [f"Réponse {n}."]
            assert "Claire" in answers[1][1].select_one(".notice-bad[role=alert] li").text
        else:
            assert written(own_database, row) == []
            page = answers[0][1]
            assert page.select_one("#body").text.strip() == f"Réponse {n}."
            assert "Hugo" in page.select_one(".notice-bad[role=alert] li").text
        assert told(own_database) - before <= (statuses[0] == 303)
