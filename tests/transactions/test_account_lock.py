"""The order in which acts on one account wait for each other, with real commits: the account before the journal."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import select, text

from member_space.domain.events import EventKind
from member_space.domain.notices import Channel
from member_space.models import Account, Challenge
from member_space.services.account_lock import lock_account
from member_space.services.challenge import Purpose, answer, draw_code, open_challenge, use
from member_space.services.code_sending import send_code
from member_space.services.disown import disown, disown_link
from member_space.services.events import record
from member_space.services.password_reset import reset_password
from member_space.services.tools import Origin
from tests.factories.household import make_account, make_person
from tests.transactions.together import PATIENCE, wait_for_a_waiter

HERE = Origin("192.0.2.1", "the suite")


@pytest.fixture
def account_id(sessions):
    with sessions.begin() as db:
        return make_account(db, make_person(db)).id


def disowning(db, tools, account_id):
    path, code = disown_link(db, tools, account_id)
    public_id = UUID(path.rpartition("/")[2])

    def act(db):
        request = db.scalar(select(Challenge).where(Challenge.public_id == public_id))
        disown(db, tools, request, code, HERE)

    return act


def resetting(db, tools, account_id):
    row, _token = open_challenge(db, tools, Purpose.PASSWORD_RESET, account_id=account_id)
    answer(db, tools, row, draw_code(tools, row))
    found = row.id

    def act(db):
        reset_password(db, tools, db.get_one(Challenge, found), "quatre loups verts", HERE)

    return act


def answering(db, tools, account_id):
    row, _token = open_challenge(db, tools, Purpose.STEP_UP, account_id=account_id)
    code, found = draw_code(tools, row), row.id

    def act(db):
        request = db.get_one(Challenge, found)
        answer(db, tools, request, code)
        use(db, tools, request)

    return act


def sending(db, tools, account_id):
    row, _token = open_challenge(db, tools, Purpose.STEP_UP, account_id=account_id)
    found = row.id

    def act(db):
        send_code(db, tools, db.get_one(Challenge, found), Channel.EMAIL, "a@example.org", HERE, account_id=account_id)

    return act


@pytest.mark.parametrize("kind", [disowning, resetting, answering, sending])
def test_who_waits_for_an_account_holds_neither_its_requests_nor_the_journal(sessions, tools, account_id, kind):
    """Another holds the account: it takes each of its requests and writes to the journal while this one waits."""
    with sessions.begin() as db:
        act = kind(db, tools, account_id)

    def run():
        with sessions.begin() as db:
            act(db)

    with ThreadPoolExecutor(1) as pool, sessions() as holder:
        lock_account(holder, account_id)
        waiting = pool.submit(run)
        wait_for_a_waiter(holder)
        holder.execute(text("set local lock_timeout = '3s'"))
        holder.execute(select(Challenge).where(Challenge.account_id == account_id).with_for_update())
        record(holder, EventKind.CODE_SENT, subject_person_id=holder.get_one(Account, account_id).person_id)
        holder.commit()
        waiting.result(PATIENCE)


def test_the_journal_may_name_an_account_that_is_being_changed(sessions, account_id):
    """Its row points at the account: a signing out does not wait for a change of password, with the journal held."""
    with sessions() as holder, sessions() as other:
        lock_account(holder, account_id)
        other.execute(text("set local lock_timeout = '3s'"))
        record(other, EventKind.ACCOUNT_SIGNED_OUT, actor_account_id=account_id)
        other.commit()
