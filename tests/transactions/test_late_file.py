"""A file that comes while a colleague decides, with real commits: nobody decides without seeing it, none is lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.decision import Line
from member_space.domain.permissions import Role
from member_space.domain.request import NotAllowed
from member_space.models import Attachment, Request, RequestWords
from member_space.services.asked_piece import add_and_hand_over
from member_space.services.request import Actor, Stale
from member_space.services.request_decision import decide
from member_space.services.request_handling import Hand
from member_space.services.tools import INSIDE
from tests.factories.files import pdf, sent
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.messages import worker_tools
from tests.factories.office import make_colleague, office_identity_of
from tests.factories.request import MEMBER, make_request, take
from tests.transactions.together import PATIENCE, wait_for_a_waiter


@pytest.fixture
def tools(settings, own_database):
    return worker_tools(settings, own_database)[0]


@pytest.fixture
def claim(own_database, tools):
    """One that a colleague has open: its number, the version that his page shows, he, and its member."""
    with Session(own_database) as db:
        holder = make_person(db)
        contract, account = make_contract(db, holder), make_account(db, holder)
        row = make_request(db, tools, account, contract, "claim", "claim.optics")
        colleague = make_colleague(db, Role.HANDLER)
        take(db, tools, row, colleague)
        db.commit()
        return row.id, row.version, office_identity_of(colleague), Actor(MEMBER, account.id)


def add(db, tools, claim):
    row = db.get_one(Request, claim[0])
    file = sent("ordonnance.pdf", pdf())
    refused = add_and_hand_over(db, tools, row, [file], actor=claim[3], piece=None, as_one=False, asked=None)
    assert refused == []


def decide_it(db, tools, claim):
    row = db.get_one(Request, claim[0])
    decide(db, tools, Hand(claim[2], row, claim[1], INSIDE), [Line("Lunettes", 100, 100)], "Lettre")


def then(engine, first, second):
    """What comes of the second act, that began while the first one was done and not written yet."""

    def late():
        with Session(engine) as db:
            second(db)
            db.commit()

    with ThreadPoolExecutor() as pool, Session(engine) as db:
        first(db)
        outcome = pool.submit(late)
        wait_for_a_waiter(db)
        db.commit()
        outcome.result(PATIENCE)


def test_who_decides_without_having_seen_it_is_told(own_database, tools, claim):
    with Session(own_database) as db:
        add(db, tools, claim)
        db.commit()
    with Session(own_database) as db, pytest.raises(Stale):
        decide_it(db, tools, claim)


def test_who_decides_as_it_comes_is_told(own_database, tools, claim):
    with pytest.raises(Stale):
        then(own_database, lambda db: add(db, tools, claim), lambda db: decide_it(db, tools, claim))
    with Session(own_database) as db:
        assert db.get_one(Request, claim[0]).state == "in_review"
        assert db.scalars(select(Attachment.sent_at)).one()


def test_who_adds_it_as_the_decision_leaves_is_told_and_nothing_hangs_on_it(own_database, tools, claim):
    with pytest.raises(NotAllowed):
        then(own_database, lambda db: decide_it(db, tools, claim), lambda db: add(db, tools, claim))
    with Session(own_database) as db:
        assert db.scalars(select(Attachment)).all() == []
        assert "ordonnance" not in db.scalars(select(RequestWords.words)).one()
