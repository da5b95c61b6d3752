"""Sessions: what opens one, what ends it, what a request costs."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from member_space.interfaces import IClock
from member_space.models import WebSession
from member_space.services.sessions import Lifetimes, hash_token, open_session, read_session
from tests.factories.household import make_account, make_person

LIFETIMES = Lifetimes(idle=timedelta(minutes=15), total=timedelta(hours=12))


@pytest.fixture
def account(db):
    return make_account(db, make_person(db, "Ève"))


@pytest.fixture
def now(wsgi_app):
    return wsgi_app.registry.getUtility(IClock).now()


def test_the_token_is_not_kept(db, account, now):
    _id, token = open_session(db, account.id, now, LIFETIMES)
    row = db.scalars(select(WebSession)).one()
    assert token.encode() not in row.token_hash
    assert row.token_hash == hash_token(token)


def test_a_session_tells_who_is_there_in_one_statement(db, account, now):
    _id, token = open_session(db, account.id, now, LIFETIMES)
    statements = []
    event.listen(db.connection(), "before_cursor_execute", lambda *args: statements.append(args[2]))
    identity = read_session(db, token, now, LIFETIMES)
    assert (identity.account_id, identity.first_name, identity.role) == (account.id, "Ève", "member")
    assert len(statements) == 1


@pytest.mark.parametrize(
    ("idle", "age", "open_"),
    [
        (timedelta(minutes=14), timedelta(minutes=14), True),
        (timedelta(minutes=15), timedelta(minutes=15), False),
        (timedelta(minutes=1), timedelta(hours=11, minutes=59), True),
        (timedelta(minutes=1), timedelta(hours=12), False),
    ],
)
def test_a_session_ends_when_idle_and_when_old(db, account, now, idle, age, open_):
    _id, token = open_session(db, account.id, now - age, LIFETIMES)
    db.scalars(select(WebSession)).one().last_seen_at = now - idle
    assert (read_session(db, token, now, LIFETIMES) is not None) is open_


def test_a_sign_of_life_is_written_at_most_once_a_minute(db, account, now):
    _id, token = open_session(db, account.id, now, LIFETIMES)
    for seconds, seen in ((30, 0), (60, 60), (90, 60), (120, 120)):
        read_session(db, token, now + timedelta(seconds=seconds), LIFETIMES)
        db.expire_all()
        assert db.scalars(select(WebSession.last_seen_at)).one() == now + timedelta(seconds=seen)
