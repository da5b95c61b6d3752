"""Giving and taking at once, with real commits: one holder a request, one row each, no hand fuller than the cap."""

from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from member_space.adapters.clock import SystemClock
from member_space.adapters.jobs import ProcrastinateJobs
from member_space.domain.permissions import Role
from member_space.interfaces import ICipher, IClock, IJobs
from member_space.models import Event, Request, RequestTransition
from member_space.services.request_assignment import give_out
from member_space.services.request_handling import take_next
from member_space.services.sessions import Lifetimes, open_session
from member_space.services.tools import INSIDE, Tools
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.office import make_colleague, office_identity_of
from tests.factories.request import make_request
from tests.transactions.together import at_once

CAP, COLLEAGUES, GIVERS = 3, 20, 4


@pytest.fixture
def tools(own_database, settings, cipher):
    adapters = {ICipher: cipher, IClock: SystemClock(), IJobs: ProcrastinateJobs(own_database)}
    return Tools(replace(settings, push_up_to=CAP), adapters.__getitem__)


@pytest.fixture
def colleagues(sessions, tools):
    """Twenty at work, every other one for optics only."""
    with sessions.begin() as db:
        made = [make_colleague(db, Role.HANDLER, skills=["optics"] if n % 2 else None) for n in range(COLLEAGUES)]
        for one in made:
            open_session(db, one.id, tools.now(), Lifetimes.of(tools.settings))
        return [office_identity_of(one) for one in made]


def make_requests(sessions, tools, count):
    """Of several households, half of them glasses."""
    with sessions.begin() as db:
        made = []
        for n in range(count):
            if n % 10 == 0:
                person = make_person(db)
                account, contract = make_account(db, person), make_contract(db, person)
            topic = "claim.optics" if n % 2 else "claim.dental"
            made.append(make_request(db, tools, account, contract, "claim", topic).id)
        return made


def written(db, act):
    return db.execute(
        select(RequestTransition.request_id, RequestTransition.details).where(RequestTransition.act == act)
    ).all()


def test_jobs_that_run_at_once_give_each_request_once_and_nobody_more_than_the_cap(sessions, tools, colleagues):
    made = make_requests(sessions, tools, COLLEAGUES * CAP + 20)

    def push(_n):
        with sessions.begin() as db:
            give_out(db, tools)

    at_once(push, range(GIVERS))
    push(0)
    with sessions() as db:
        held = dict(db.execute(select(Request.id, Request.handler_id).where(Request.handler_id.is_not(None))).all())
        assert Counter(held.values()) == dict.fromkeys((one.account_id for one in colleagues), CAP)
        assert set(held) < set(made)
        rows = written(db, "assign")
        assert {request_id: details["to_account_id"] for request_id, details in rows} == held
        assert len(rows) == len(held)
        assert db.scalar(select(func.count()).where(Event.details["act"].astext == "assign")) == len(held)
        specialists = {one.account_id for one in colleagues[1::2]}
        topics = dict(db.execute(select(Request.id, Request.topic)).all())
        assert {topics[one] for one, holder in held.items() if holder in specialists} == {"claim.optics"}


def test_while_jobs_give_twenty_ask_for_the_next_one_and_each_request_has_one_holder(sessions, tools, colleagues):
    made = make_requests(sessions, tools, 100)

    def act(n):
        with sessions.begin() as db:
            if n >= COLLEAGUES:
                return give_out(db, tools)
            found = take_next(db, tools, colleagues[n], None, None, INSIDE)
            return found and found.id

    taken = [one for one in at_once(act, range(COLLEAGUES + GIVERS))[:COLLEAGUES] if one]
    # More wait than all of these can hold at once: nobody went away with nothing.
    assert len(set(taken)) == COLLEAGUES
    with sessions() as db:
        rows = {row.id: row for row in db.scalars(select(Request))}
        assigned, taken_rows = written(db, "assign"), written(db, "take")
        assert sorted(request_id for request_id, _details in taken_rows) == sorted(taken)
        assert len({request_id for request_id, _details in assigned}) == len(assigned)
        for request_id, details in assigned:
            if request_id not in taken:
                assert (rows[request_id].state, rows[request_id].handler_id) == ("to_do", details["to_account_id"])
        assert {rows[one].state for one in taken} == {"in_review"}
        # One row of the log for each version: nothing was written over.
        for request_id in made:
            count = select(func.count()).where(RequestTransition.request_id == request_id)
            assert db.scalar(count) == rows[request_id].version - 1
        given = Counter(rows[request_id].handler_id for request_id, _details in assigned if request_id not in taken)
        assert max(given.values(), default=0) <= CAP
