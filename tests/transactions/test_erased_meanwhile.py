"""What a member writes in a request that is erased at that instant, through the pages, with real commits."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from pyramid.request import Request as WebRequest
from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.config import make_app
from member_space.domain.permissions import Role
from member_space.models import Account, Contract, Message, Request
from member_space.services import request as requests
from member_space.services import request_draft as drafts
from member_space.services.draft import form_of, seal
from member_space.services.request import Actor
from member_space.services.request_erasing import erase_old, tell_of_erasing
from member_space.services.sessions import Lifetimes, open_session
from tests.conftest import TEST_INI
from tests.factories.messages import worker_tools
from tests.factories.office import make_colleague
from tests.factories.request import MEMBER, make_draft
from tests.functional.clock import SetClock
from tests.functional.erasing import LEAVES, ended_with
from tests.transactions.together import PATIENCE, wait_for_a_waiter

CSRF = "0" * 40
TYPED = "Je ne comprends pas <ce> décompte."
NIGHT = datetime(LEAVES.year, LEAVES.month, LEAVES.day, 3, tzinfo=UTC)


@pytest.fixture
def clock():
    return SetClock(NIGHT - timedelta(days=30))


@pytest.fixture
def tools(settings, own_database, clock):
    return worker_tools(settings, own_database, clock)[0]


@pytest.fixture
def home(own_database, settings, tools, clock):
    """What sends a form of his as a member whose one request leaves on that night, that request, and a draft."""
    app = make_app(TEST_INI, own_database)
    with Session(own_database, expire_on_commit=False) as db:
        row, account = ended_with(db, tools, make_colleague(db, Role.HANDLER), clock)
        _id, token = open_session(db, account.id, datetime.now(UTC), Lifetimes.of(settings))
        db.commit()
        db.refresh(row)
        db.refresh(account)

    def post(path: str, page: str, **fields: str) -> tuple[int, BeautifulSoup]:
        live = worker_tools(settings, own_database)[0]
        form = fields | {"csrf_token": CSRF, "draft": seal(live, form_of(account.id, page, tuple(fields)))}
        headers = {"Cookie": f"session={token}; csrf={CSRF}"}
        answer = WebRequest.blank(path, headers=headers, POST=form).get_response(app)
        return answer.status_int, BeautifulSoup(answer.text, "html.parser")

    return post, row, account


def during(engine, act, sends):
    """What is answered to a form that came while this was done and not written yet."""
    with ThreadPoolExecutor() as pool, Session(engine) as db:
        act(db)
        answer = pool.submit(sends)
        wait_for_a_waiter(db)
        db.commit()
        return answer.result(PATIENCE)


@pytest.fixture
def draft(own_database, tools, home):
    _post, row, account = home
    with Session(own_database, expire_on_commit=False) as db:
        draft = make_draft(
            db, tools, db.get_one(Account, account.id), db.get_one(Contract, row.contract_id), body="Avant"
        )
        db.commit()
    return draft


def kept_text(page):
    return page.select_one("main textarea[readonly]").text.strip()


def test_an_answer_to_what_its_time_erases_is_told_with_its_text(own_database, tools, home, clock):
    post, row, _account = home
    with Session(own_database) as db:
        tell_of_erasing(db, tools)
        db.commit()
    clock.at = NIGHT
    page = f"/demandes/{row.public_id}"
    status, said = during(
        own_database, lambda db: erase_old(db, tools), lambda: post(f"{page}/repondre", page, texte=TYPED)
    )
    assert status == 404
    assert said.h1.text == "Cette demande n’existe plus"
    assert kept_text(said) == TYPED
    with Session(own_database) as db:
        assert db.scalars(select(Request.id)).all() == db.scalars(select(Message.id)).all() == []


def test_the_words_of_a_draft_that_another_tab_erases_are_told_with_their_text(own_database, tools, home, draft):
    post = home[0]
    page = f"/demandes/{draft.public_id}/message"
    status, said = during(
        own_database,
        lambda db: drafts.forget(db, tools, db.get_one(Request, draft.id)),
        lambda: post(page, page, message=TYPED),
    )
    assert status == 404
    assert kept_text(said) == TYPED


def test_the_words_of_a_draft_that_another_tab_sends_are_told_with_their_text(own_database, tools, home, draft):
    post, _row, account = home
    page = f"/demandes/{draft.public_id}/message"
    status, said = during(
        own_database,
        lambda db: requests.send(db, tools, db.get_one(Request, draft.id), Actor(MEMBER, account.id)),
        lambda: post(page, page, message=TYPED),
    )
    assert status == 409
    assert said.h1.text == "Cette demande a changé entre-temps"
    assert kept_text(said) == TYPED
    assert said.select_one(f'main a[href="/demandes/{draft.public_id}"]')
    with Session(own_database) as db:
        assert db.scalars(select(Message.body).where(Message.request_id == draft.id)).all() == ["Avant"]


def test_a_draft_erased_as_it_is_sent_is_no_breakdown(own_database, tools, home, draft):
    post = home[0]
    page = f"/demandes/{draft.public_id}"
    status, said = during(
        own_database,
        lambda db: drafts.forget(db, tools, db.get_one(Request, draft.id)),
        lambda: post(f"{page}/envoyer", page, vu=draft.activity_at.isoformat()),
    )
    assert status == 404
    assert said.h1.text == "Cette demande n’existe plus"
    assert not said.select("main textarea")
