"""A quote's lines and its claim with real commits: two tabs at once lose no line and begin one claim."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4
from zlib import crc32

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from member_space.config import make_app
from member_space.models import QuoteLineRow, Request
from member_space.security.policy import cookie_name
from member_space.services.reference import load_reference
from member_space.services.sessions import Lifetimes, open_session
from member_space.services.tools import Tools
from tests.conftest import TEST_INI
from tests.factories.guarantee import give_product
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.request import make_draft, make_request
from tests.log_guard import Browser
from tests.transactions.together import PATIENCE, wait_for_waiters

CSRF = "a-token-that-both-halves-share"


@pytest.fixture
def wsgi(own_database):
    return make_app(TEST_INI, own_database)


@pytest.fixture
def tools(wsgi):
    return Tools(wsgi.registry.member_space, wsgi.registry.getUtility)


@pytest.fixture
def member(own_database, tools):
    """Her person, account and contract, under « Confort »."""
    with Session(own_database, expire_on_commit=False) as db:
        load_reference(db)
        person = make_person(db)
        contract, account = make_contract(db, person), make_account(db, person)
        give_product(db, contract, "confort", tools.today())
        db.commit()
        return person, account, contract


def post_at_once(engine, wsgi, tools, member, quote_id, path, posted):
    """The statuses of these forms sent in two tabs, let go together once both wait for the quote."""

    def post(fields):
        with Session(engine) as db:
            _id, token = open_session(db, member[1].id, tools.now(), Lifetimes.of(tools.settings))
            db.commit()
        browser = Browser(wsgi)
        browser.set_cookie(cookie_name(tools.settings), token)
        browser.set_cookie("csrf", CSRF)
        return browser.post(path, {"csrf_token": CSRF} | fields, expect_errors=True).status_int

    with Session(engine) as holder, ThreadPoolExecutor(2) as pool:
        holder.execute(select(Request.id).where(Request.id == quote_id).with_for_update())
        answers = [pool.submit(post, fields) for fields in posted]
        wait_for_waiters(engine, 2)
        holder.rollback()
        return sorted(one.result(PATIENCE) for one in answers)


def test_two_tabs_that_add_a_line_at_once_lose_none(own_database, wsgi, tools, member):
    person, account, contract = member
    with Session(own_database) as db:
        draft = make_draft(db, tools, account, contract, "quote", "quote.dental", person_id=person.id)
        db.commit()
        draft_id, path = draft.id, f"/demandes/{draft.public_id}/devis"
    vu = f"{crc32(b'[]'):08x}"
    posted = [{"soin": "Implant dentaire", "prix": price, "vu": vu, "ajouter": "1"} for price in ("900", "1200")]
    assert post_at_once(own_database, wsgi, tools, member, draft_id, path, posted) == [303, 422]
    with Session(own_database) as db:
        assert len(db.scalars(select(QuoteLineRow)).all()) == 1


def test_two_tabs_begin_one_claim_of_a_quote(own_database, wsgi, tools, member):
    person, account, contract = member
    with Session(own_database) as db:
        quote = make_request(db, tools, account, contract, "quote", "quote.dental", person_id=person.id)
        db.execute(update(Request).values(state="decided", outcome="accepted"))
        db.commit()
        quote_id, path = quote.id, f"/demandes/{quote.public_id}/facture"
    posted = [{"cle": str(uuid4())} for _ in range(2)]
    assert post_at_once(own_database, wsgi, tools, member, quote_id, path, posted) == [303, 303]
    with Session(own_database) as db:
        assert len(db.scalars(select(Request).where(Request.kind == "claim")).all()) == 1
