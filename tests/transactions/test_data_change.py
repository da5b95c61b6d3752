"""One's own data on real commits: two at once, a cancellation against the task, a rollback that warns nobody."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session
from zope.interface import implementer

from member_space.adapters.passwords import Argon2Passwords
from member_space.config import make_app
from member_space.domain.data_change import DataKind
from member_space.interfaces import IClock, IPasswordHasher
from member_space.models import Account, BankAccount, DataChange, Event, Notification, Person
from member_space.services.bank_account import AnotherWaits, TooLateToCancel, ask_bank_account
from member_space.services.bank_account import cancel_bank_account as cancel
from member_space.services.bank_account_use import put_in_use
from member_space.services.challenge import CodeRefused, CodeSpent
from member_space.services.contact_change import change_plain
from member_space.services.household import load_household
from member_space.services.iban import read_iban
from member_space.services.sessions import Lifetimes, open_session, read_session
from member_space.services.tools import INSIDE, Tools
from member_space.services.undo_change import undo_change
from tests.conftest import TEST_INI
from tests.factories.household import make_account, make_contract, make_person
from tests.functional.messages import warnings

IBANS = ("FR7630006000011234567890189", "DE89370400440532013000")
START = datetime(2026, 11, 20, 9, tzinfo=UTC)


@implementer(IClock)
class Hands:
    def __init__(self) -> None:
        self.at = START

    def now(self):
        return self.at

    def today(self):
        return self.at.date()


@pytest.fixture
def clock():
    return Hands()


@pytest.fixture
def wsgi(own_database, clock):
    app = make_app(TEST_INI, own_database)
    app.registry.registerUtility(Argon2Passwords(time_cost=1, memory_kib=8), IPasswordHasher)
    app.registry.registerUtility(clock, IClock)
    return app


@pytest.fixture
def tools(wsgi):
    return Tools(wsgi.registry.member_space, wsgi.registry.getUtility)


@pytest.fixture
def member(own_database, tools):
    with Session(own_database) as db:
        person = make_person(db, "Camille", last_name="Durand", email="vraie@example.org", mobile="+33612345678")
        make_contract(db, person)
        account = make_account(db, person, mobile="+33612345678")
        lifetimes = Lifetimes.of(tools.settings)
        _id, token = open_session(db, account.id, START, lifetimes)
        found = read_session(db, token, START, lifetimes)
        db.commit()
        return found


def at_once(engine, *acts):
    """Each act in its own transaction and thread, all let go together; what each answered, or what it raised."""
    gate = Barrier(len(acts))

    def run(act):
        with Session(engine) as db:
            gate.wait()
            try:
                found = act(db)
            except Exception as error:  # what it raised is the answer
                db.rollback()
                return type(error)
            db.commit()
            return found

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def ask(tools, member, iban):
    def act(db):
        household = load_household(db, member.person_id, tools.now().date())
        ask_bank_account(db, tools, member, household, read_iban(iban), "Camille Durand", INSIDE)

    return act


def states(engine):
    with Session(engine) as db:
        return sorted(db.scalars(select(BankAccount.state)))


def count(engine, model, **values):
    with Session(engine) as db:
        return db.scalar(select(func.count()).select_from(model).filter_by(**values))


class Wsgi:
    """What tests.functional.messages asks of a browser."""

    def __init__(self, app) -> None:
        self.app = app


def warning_of(wsgi, engine):
    with Session(engine) as db:
        return warnings(Wsgi(wsgi), db)[-1]


def test_two_bank_accounts_at_once_are_one(own_database, tools, member):
    answers = at_once(own_database, ask(tools, member, IBANS[0]), ask(tools, member, IBANS[1]))
    assert sorted(answers, key=str) == sorted([None, AnotherWaits], key=str)
    assert states(own_database) == ["waiting"]
    assert count(own_database, DataChange, kind="iban") == 1


def test_the_same_account_eight_times_at_once_is_one(own_database, tools, member):
    assert at_once(own_database, *[ask(tools, member, IBANS[0])] * 8) == [None] * 8
    assert states(own_database) == ["waiting"]
    assert count(own_database, Event, kind="bank_account:asked") == 1


@pytest.mark.parametrize("turn", range(4))
def test_the_task_and_a_cancellation_at_once_leave_one_truth(own_database, tools, member, clock, turn):
    at_once(own_database, ask(tools, member, IBANS[0]))
    with Session(own_database) as db:
        public_id = db.scalar(select(BankAccount.public_id))
    clock.at += timedelta(hours=48)
    acts = [lambda db: put_in_use(db, tools), lambda db: cancel(db, tools, member, public_id, INSIDE)]
    answers = at_once(own_database, *(acts if turn % 2 else reversed(acts)))
    outcome = {"cancelled": [None, None], "in_use": [None, TooLateToCancel]}
    [state] = states(own_database)
    assert sorted(answers, key=str) == sorted(outcome[state], key=str)
    assert count(own_database, Event, kind=f"bank_account:{state}") == 1
    assert (
        count(own_database, Event, kind="bank_account:cancelled")
        + count(own_database, Event, kind="bank_account:in_use")
        == 1
    )


def test_two_workers_put_an_account_in_use_once(own_database, tools, member, clock):
    at_once(own_database, ask(tools, member, IBANS[0]))
    clock.at += timedelta(hours=49)
    at_once(own_database, *[lambda db: put_in_use(db, tools)] * 4)
    assert states(own_database) == ["in_use"]
    assert count(own_database, Event, kind="bank_account:in_use") == 1


def test_a_code_given_eight_times_at_once_undoes_once(own_database, wsgi, tools, member):
    at_once(
        own_database,
        lambda db: change_plain(db, tools, member, DataKind.LANDLINE, {"landline": "+33142345678"}, INSIDE),
    )
    warning = warning_of(wsgi, own_database)
    public_id = UUID(warning.link.rpartition("/")[2])
    answers = at_once(own_database, *[lambda db: bool(undo_change(db, tools, public_id, warning.code, INSIDE))] * 8)
    assert answers.count(True) == 1
    assert answers.count(CodeSpent) == 7
    assert count(own_database, Event, kind="personal_data:restored") == 1
    with Session(own_database) as db:
        assert db.scalar(select(Person.landline)) is None
        assert db.scalar(select(Account.must_change_password))


def test_fifty_guesses_at_once_are_five(own_database, wsgi, tools, member):
    at_once(
        own_database,
        lambda db: change_plain(db, tools, member, DataKind.LANDLINE, {"landline": "+33142345678"}, INSIDE),
    )
    public_id = UUID(warning_of(wsgi, own_database).link.rpartition("/")[2])

    def guess(db):
        try:
            undo_change(db, tools, public_id, "AAAAAAAAAA", INSIDE)
        except (CodeRefused, CodeSpent) as refusal:
            return type(refusal)  # answered, so that the count is kept

    answers = [one for _ in range(5) for one in at_once(own_database, *[guess] * 10)]
    assert answers.count(CodeRefused) == 5
    assert answers.count(CodeSpent) == 45


def test_two_changes_of_one_contact_follow_each_other(own_database, tools, member):
    numbers = [f"+3314234567{n}" for n in range(4)]
    at_once(
        own_database,
        *[
            lambda db, number=number: change_plain(db, tools, member, DataKind.LANDLINE, {"landline": number}, INSIDE)
            for number in numbers
        ],
    )
    with Session(own_database) as db:
        changes = list(db.scalars(select(DataChange).order_by(DataChange.id)))
        read = tools.cipher.decrypt
        assert len(changes) == 4
        assert [read(one.before) for one in changes[1:]] == [read(one.after) for one in changes[:-1]]


def test_what_is_rolled_back_warns_nobody(own_database, tools, member):
    with Session(own_database) as db:
        ask(tools, member, IBANS[0])(db)
        change_plain(db, tools, member, DataKind.LANDLINE, {"landline": "+33142345678"}, INSIDE)
        assert db.scalar(select(func.count()).select_from(Notification)) == 3
        db.rollback()
    assert count(own_database, Notification) == 0
    assert states(own_database) == []
    with own_database.connect() as connection:
        assert connection.scalar(text("select count(*) from procrastinate_jobs")) == 0
