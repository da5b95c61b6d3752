"""Races of the way back in, with real commits: two agreements, two showings, and the check of the database."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from member_space.adapters.clock import SystemClock
from member_space.adapters.jobs import ProcrastinateJobs
from member_space.domain.assisted_recovery import Check, Wish
from member_space.domain.permissions import Role
from member_space.interfaces import ICipher, IClock, IJobs
from member_space.models import AssistedRecovery, Challenge, Notification, Person
from member_space.services.assisted_recovery import (
    RecoveryRefused,
    ask_recovery,
    decide,
    find_recovery,
    show_code,
)
from member_space.services.office_member import find_member
from member_space.services.readings import Shown
from member_space.services.sessions import Lifetimes, open_session, read_session
from member_space.services.tools import INSIDE, Tools
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.office import make_colleague

CHECKS = (Check.CALLED_BACK, Check.BIRTH, Check.CARD, Check.ADDRESS)


@pytest.fixture
def tools(own_database, settings, cipher):
    adapters = {ICipher: cipher, IClock: SystemClock(), IJobs: ProcrastinateJobs(own_database)}
    return Tools(settings, adapters.__getitem__)


def identity_of(db, tools, account):
    lifetimes = Lifetimes.of(tools.settings)
    _id, token = open_session(db, account.id, tools.now(), lifetimes)
    return read_session(db, token, tools.now(), lifetimes)


@pytest.fixture
def asked(sessions, tools):
    """(public id of a request, who asked, two supervisors)."""
    with sessions.begin() as db:
        person = make_person(db, mobile="+33612345678")
        make_contract(db, person)
        make_account(db, person)
        roles = (Role.HANDLER, Role.SUPERVISOR, Role.SUPERVISOR)
        hugo, sonia, samir = (identity_of(db, tools, make_colleague(db, role)) for role in roles)
        member = find_member(db, person.public_id, Shown())
        public_id = ask_recovery(db, tools, hugo, member, Wish.FACTOR, CHECKS, INSIDE)
    return public_id, hugo, (sonia, samir)


def at_once(count, act):
    """What each of `count` threads got, all let go together: its answer, or the refusal."""
    ready = Barrier(count)

    def run(number):
        ready.wait()
        try:
            return act(number)
        except RecoveryRefused as refusal:
            return refusal.why.value

    with ThreadPoolExecutor(count) as pool:
        return sorted(map(str, pool.map(run, range(count))))


def test_two_supervisors_at_once_agree_once_and_the_member_is_told_once(sessions, tools, asked):
    public_id, _hugo, supervisors = asked

    def agree(number):
        with sessions.begin() as db:
            decide(db, tools, supervisors[number], find_recovery(db, public_id, Shown()), True, INSIDE)
        return "agreed"

    assert at_once(2, agree) == ["agreed", "decided"]
    with sessions() as db:
        assert db.scalar(select(func.count()).select_from(Notification)) == 2


def test_the_code_is_drawn_once_however_many_ask(sessions, tools, asked):
    public_id, hugo, (sonia, _samir) = asked
    with sessions.begin() as db:
        decide(db, tools, sonia, find_recovery(db, public_id, Shown()), True, INSIDE)

    def show(_number):
        with sessions.begin() as db:
            return show_code(db, tools, hugo, find_recovery(db, public_id, Shown()))

    answers = at_once(8, show)
    assert answers.count("shown") == 7
    with sessions() as db:
        assert db.scalar(select(func.count()).select_from(Challenge)) == 1


def test_two_requests_at_once_for_one_member_are_one(sessions, tools, asked):
    with sessions.begin() as db:
        db.execute(update(AssistedRecovery).values(decided_at=tools.now(), refused=True, approved_by=None))
        account_person = find_recovery(db, asked[0], Shown()).person_id

    def ask(number):
        with sessions.begin() as db:
            member = find_member(db, db.get(Person, account_person).public_id, Shown())
            ask_recovery(db, tools, (asked[1], *asked[2])[number], member, Wish.FACTOR, CHECKS, INSIDE)
        return "asked"

    assert at_once(3, ask) == ["asked", "waiting", "waiting"]


def test_the_database_itself_refuses_two_eyes(sessions, asked):
    with pytest.raises(IntegrityError, match="four_eyes"), sessions.begin() as db:
        db.execute(update(AssistedRecovery).values(approved_by=AssistedRecovery.asked_by))
