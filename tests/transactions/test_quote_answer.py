"""« Réponse au devis » with real commits: no job without its decision, one document however often the job runs."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from member_space.domain.decision import Line
from member_space.domain.permissions import Role
from member_space.models import Attachment, Request
from member_space.services.quote_answer import make_answer
from member_space.services.request_decision import decide
from member_space.services.request_handling import Hand
from member_space.services.tools import INSIDE
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.messages import worker_tools
from tests.factories.office import make_colleague, office_identity_of
from tests.factories.request import make_request, take
from tests.transactions.together import PATIENCE


@pytest.fixture
def tools(settings, own_database):
    return worker_tools(settings, own_database)[0]


@pytest.fixture
def quote(own_database, tools):
    """One that a colleague has: its number and how to decide it in a session."""
    with Session(own_database) as db:
        holder = make_person(db)
        contract, account = make_contract(db, holder), make_account(db, holder)
        row = make_request(db, tools, account, contract, "quote", "quote.dental")
        colleague = make_colleague(db, Role.HANDLER)
        take(db, tools, row, colleague)
        db.commit()
        row_id, version, hand = row.id, row.version, office_identity_of(colleague)

    def decide_in(db):
        held = Hand(hand, db.get_one(Request, row_id), version, INSIDE)
        decide(db, tools, held, [Line("Couronne", 100, 70, amo=30)], "Lettre")

    return decide_in


def asked(engine):
    with Session(engine) as db:
        rows = db.scalars(text("select args from procrastinate_jobs where task_name = 'quote_answer:make'"))
        return list(rows)


def test_the_job_comes_with_the_decision_and_goes_with_it(own_database, quote):
    with Session(own_database) as db:
        quote(db)
        db.rollback()
    assert asked(own_database) == []
    with Session(own_database) as db:
        quote(db)
        db.commit()
    assert len(asked(own_database)) == 1


def test_two_workers_at_once_make_one_document(own_database, tools, quote):
    with Session(own_database) as db:
        quote(db)
        db.commit()
    [arguments] = asked(own_database)

    def work(_n):
        with Session(own_database) as db:
            make_answer(db, tools, **arguments)
            db.commit()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2), timeout=PATIENCE))
    with Session(own_database) as db:
        [row] = db.scalars(select(Attachment)).all()
        assert row.name.startswith("reponse-devis-")
