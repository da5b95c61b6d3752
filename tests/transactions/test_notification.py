"""A message lives and dies with its cause, leaves once, is tried again, and what became of it is known."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier, Event

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from member_space.config import work
from member_space.domain.notices import Channel, NoticeKind
from member_space.interfaces import DeliveryError
from member_space.models import Account, Notification
from member_space.models.session import make_session_factory
from member_space.services.notification import notify
from member_space.services.notification_send import TRIES, send
from tests.conftest import TEST_INI
from tests.factories.household import make_account, make_person
from tests.factories.messages import worker_tools
from tests.functional.clock import PARIS, SetClock

CODE = "493817"


@pytest.fixture
def clock():
    return SetClock(datetime(2026, 11, 20, 10, 0, tzinfo=PARIS))


@pytest.fixture
def house(own_database, settings, clock):
    """Sessions, tools and boxes on a database of its own, with one account."""
    tools, mails, texts = worker_tools(settings, own_database, clock)
    sessions = make_session_factory(own_database)
    with sessions.begin() as db:
        account = make_account(db, make_person(db, email="nadia@example.org"), mobile="+33612345678")
    return sessions, tools, mails, texts, account


def ask(house, kind=NoticeKind.PASSWORD_CHANGED, channel=Channel.EMAIL, **values) -> int:
    sessions, tools, _mails, _texts, account = house
    given = {"account_id": account.id, "values": {"link": "/ce-n-est-pas-moi/7"}, "secret": {"code": CODE}} | values
    with sessions.begin() as db:
        return notify(db, tools, kind, channel, **given).id


def try_to_send(house, one: int) -> Notification:
    sessions, tools, *_ = house
    with sessions.begin() as db:
        send(db, tools, one)
    with sessions() as db:
        return db.get_one(Notification, one)


def jobs(engine) -> list[tuple[str, datetime | None]]:
    with engine.connect() as connection:
        found = connection.execute(text("select args->>'notification_id', scheduled_at from procrastinate_jobs"))
        return [tuple(row) for row in found]


def account_of(house) -> Account:
    sessions, *_, account = house
    with sessions() as db:
        return db.get_one(Account, account.id)


def test_a_rollback_leaves_no_message(house, own_database):
    sessions, tools, _mails, _texts, account = house
    with sessions() as db:
        notify(db, tools, NoticeKind.ACCOUNT_ACTIVATED, Channel.EMAIL, account_id=account.id)
        db.rollback()
        assert db.scalars(select(Notification)).all() == []
    assert jobs(own_database) == []


def test_the_worker_sends_what_was_committed(house, own_database):
    """With its own adapters: the console's, here."""
    one = ask(house)
    assert jobs(own_database) == [(str(one), None)]
    work(TEST_INI, own_database, wait=False)
    with Session(own_database) as db:
        row = db.get_one(Notification, one)
        assert (row.state, row.attempts, row.secret) == ("sent", 1, None)
    assert jobs(own_database) == []


def test_it_goes_to_the_account_as_it_is_now_and_its_secret_is_forgotten(house):
    sessions, _tools, mails, _texts, account = house
    one = ask(house)
    with sessions.begin() as db:
        db.get_one(Account, account.id).email = "nadia.neuve@example.org"
        assert CODE.encode() not in db.get_one(Notification, one).secret
    row = try_to_send(house, one)
    assert [mail.to for mail in mails.sent] == ["nadia.neuve@example.org"]
    assert f"/ce-n-est-pas-moi/7#{CODE}" in mails.sent[0].text
    assert (row.state, row.secret, row.sent_at) == ("sent", None, house[1].now())


@pytest.mark.parametrize(("told", "kept"), [(None, "en"), ("fr", "fr")])
def test_it_is_written_in_the_language_of_the_page_else_of_the_account(house, told, kept):
    sessions, *_, account = house
    with sessions.begin() as db:
        db.get_one(Account, account.id).language = "en"
    assert try_to_send(house, ask(house, language=told)).language == kept
    assert try_to_send(house, ask(house, account_id=None)).language == "fr"


def test_it_goes_to_the_address_that_was_given(house):
    _sessions, _tools, mails, texts, _account = house
    try_to_send(house, ask(house, to="ancienne@example.org"))
    try_to_send(house, ask(house, channel=Channel.SMS, to="+33698765432"))
    assert [mails.sent[0].to, texts.sent[0].to] == ["ancienne@example.org", "+33698765432"]
    assert "ancienne@example.org" in mails.sent[0].text


def test_a_message_to_nobody_is_written_and_goes_nowhere(house):
    row = try_to_send(house, ask(house, NoticeKind.CODE, account_id=None, values={"purpose": "activation"}))
    assert (row.state, row.attempts) == ("nobody", 0)
    assert house[2].sent == []


def test_a_job_done_twice_sends_once(house):
    one = ask(house)
    try_to_send(house, one)
    try_to_send(house, one)
    assert len(house[2].sent) == 1


def test_two_workers_send_once(house):
    """The second comes while the first is talking to the server."""
    sessions, tools, mails, *_ = house
    one = ask(house)
    talking, done = Event(), Event()
    mails.on_send = lambda: (talking.set(), done.wait(20))

    def worker():
        with sessions.begin() as db:
            send(db, tools, one)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(worker)
        assert talking.wait(20)
        mails.on_send = lambda: None
        pool.submit(worker).result(20)
        done.set()
        first.result(20)
    assert len(mails.sent) == 1


def test_eight_workers_at_once_send_once(house):
    sessions, tools, mails, *_ = house
    one = ask(house)
    together = Barrier(8)

    def worker(_n):
        with sessions.begin() as db:
            db.execute(text("select 1"))
            together.wait(20)
            send(db, tools, one)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(worker, range(8)))
    assert len(mails.sent) == 1


def test_a_server_that_is_away_is_tried_again_later_then_has_it(house, own_database, clock):
    one = ask(house)
    house[2].fails = [DeliveryError("451 later", final=False), ConnectionResetError("nadia@example.org")]
    row = try_to_send(house, one)
    assert (row.state, row.attempts, row.last_error) == ("waiting", 1, "451 later")
    assert row.secret
    assert jobs(own_database)[-1] == (str(one), clock.now() + timedelta(seconds=3))
    row = try_to_send(house, one)
    assert (row.attempts, row.last_error) == (2, "ConnectionResetError")
    assert jobs(own_database)[-1] == (str(one), clock.now() + timedelta(seconds=9))
    row = try_to_send(house, one)
    assert (row.state, row.attempts, row.last_error) == ("sent", 3, None)
    assert len(house[2].sent) == 1


def test_after_the_last_try_it_is_a_dead_letter_without_its_code(house):
    one = ask(house)
    house[2].fails = [DeliveryError("421 busy", final=False)] * TRIES
    for _ in range(TRIES + 1):
        row = try_to_send(house, one)
    assert (row.state, row.attempts, row.last_error, row.secret) == ("failed", TRIES, "421 busy", None)
    assert account_of(house).email_bounced_at is None


def test_a_refused_address_is_a_bounce_that_the_account_remembers(house, clock):
    house[2].fails = [DeliveryError("550 no such user", final=True)]
    row = try_to_send(house, ask(house))
    assert (row.state, row.attempts, row.secret) == ("bounced", 1, None)
    assert account_of(house).email_bounced_at == clock.now()


def test_the_bounce_of_an_address_that_is_not_the_account_s_says_nothing_of_it(house):
    house[2].fails = [DeliveryError("550 no such user", final=True)]
    assert try_to_send(house, ask(house, to="ancienne@example.org")).state == "bounced"
    house[3].fails = [DeliveryError("unknown number", final=True)]
    assert try_to_send(house, ask(house, channel=Channel.SMS)).state == "bounced"
    assert account_of(house).email_bounced_at is None


def test_what_reaches_the_account_again_ends_the_bounce(house):
    house[2].fails = [DeliveryError("550 no such user", final=True)]
    try_to_send(house, ask(house))
    try_to_send(house, ask(house, to="ancienne@example.org"))
    assert account_of(house).email_bounced_at
    try_to_send(house, ask(house))
    assert account_of(house).email_bounced_at is None


@pytest.mark.parametrize("values", [{"secret": None}, {"values": {}}])
def test_a_message_with_a_hole_never_leaves(house, values):
    row = try_to_send(house, ask(house, **values))
    assert (row.state, house[2].sent) == ("failed", [])
    assert row.last_error.startswith("cannot be written")


def test_a_spent_code_is_not_sent(house, clock):
    one = ask(house, NoticeKind.CODE, values={"purpose": "sign_in"})
    clock.at += timedelta(minutes=11)
    row = try_to_send(house, one)
    assert (row.state, row.last_error, house[2].sent) == ("failed", "the code is spent", [])


def test_an_account_without_a_mobile_gets_no_sms(house):
    sessions, _tools, _mails, texts, account = house
    with sessions.begin() as db:
        db.get_one(Account, account.id).mobile = None
    row = try_to_send(house, ask(house, channel=Channel.SMS))
    assert (row.state, row.last_error, texts.sent) == ("failed", "no address", [])


def test_nothing_that_can_wait_leaves_at_night(house, clock):
    one = ask(house, NoticeKind.NEW_REIMBURSEMENT, values={"link": "/remboursements"}, secret=None)
    clock.at = datetime(2026, 11, 20, 23, 30, tzinfo=PARIS)
    row = try_to_send(house, one)
    assert (row.state, row.attempts, house[2].sent) == ("waiting", 0, [])
    assert row.send_after == datetime(2026, 11, 21, 8, 0, tzinfo=PARIS)
    try_to_send(house, ask(house))
    assert len(house[2].sent) == 1
