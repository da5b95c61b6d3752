"""What is announced: by whose channels, grouped, by day, repeated once, and no more once it was seen."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from member_space.domain.notices import Category, Channel, NoticeKind
from member_space.models import Consent, Notification, NotificationPreference
from member_space.services.notification import LOST_AFTER
from member_space.services.notification_announce import announce, announce_to, note_read, repeat_unread, take_up
from member_space.services.notification_send import send
from tests.factories.household import make_account, make_person
from tests.factories.messages import worker_tools
from tests.functional.clock import PARIS, SetClock, counted_statements

NEWS, CHANGE = NoticeKind.NEW_REIMBURSEMENT, NoticeKind.TELETRANSMISSION_CHANGED
LINKS = {NEWS: "/remboursements", CHANGE: "/beneficiaires"}


@pytest.fixture
def clock():
    return SetClock(datetime(2026, 11, 20, 10, 0, tzinfo=PARIS))


@pytest.fixture
def worker(engine, settings, clock):
    """The tools of a task, the box of the mails and that of the SMS."""
    return worker_tools(settings, engine, clock)


@pytest.fixture
def account(db):
    return make_account(db, make_person(db, email="nadia@example.org"))


def prefer(db, account, category, channel, wanted):
    db.add(NotificationPreference(account_id=account.id, category=category.value, channel=channel.value, wanted=wanted))
    db.flush()


def accept_sms(db, account, granted=True, mobile="+33612345678"):
    account.mobile = mobile
    db.add(Consent(person_id=account.person_id, purpose="sms_contact", granted=granted, wording="?"))
    db.flush()


def tell(db, worker, account, kind=NEWS):
    announce(db, worker[0], kind, account.id, {"link": LINKS[kind]})


def rows(db, account):
    db.expire_all()
    found = db.query(Notification).filter_by(account_id=account.id).order_by(Notification.id)
    return [(row.channel, row.state) for row in found]


def deliver(db, worker):
    """A minute of the worker: what is due is taken up, then every job is done."""
    take_up(db, worker[0])
    ids = db.scalars(text("delete from procrastinate_jobs returning (args->>'notification_id')::bigint")).all()
    for one in ids:
        send(db, worker[0], one)
    db.flush()


CASES = [
    # wants mail, wants SMS, consent, bounced -> channels
    ((None, None, False, False), {"email"}),
    ((None, None, True, False), {"email"}),
    ((True, True, True, False), {"email", "sms"}),
    ((False, True, True, False), {"sms"}),
    ((False, False, True, False), set()),
    ((False, True, False, False), set()),
    ((None, True, False, False), {"email"}),
    ((None, None, True, True), {"sms"}),
    ((None, None, False, True), {"email"}),
    ((False, None, True, True), set()),
]


@pytest.mark.parametrize(("chosen", "expected"), CASES)
def test_the_channels_are_those_that_the_member_wants_and_that_work(db, worker, account, clock, chosen, expected):
    mail, sms, consent, bounced = chosen
    for channel, wanted in ((Channel.EMAIL, mail), (Channel.SMS, sms)):
        if wanted is not None:
            prefer(db, account, Category.REIMBURSEMENTS, channel, wanted)
    if consent:
        accept_sms(db, account)
    if bounced:
        account.email_bounced_at = clock.now()
    db.flush()
    tell(db, worker, account)
    assert {channel for channel, state in rows(db, account) if state == "waiting"} == expected
    unwanted = [row for row in rows(db, account) if row[1] == "unwanted"]
    assert unwanted == ([] if expected else [("email", "unwanted")])


def test_a_choice_of_another_category_says_nothing(db, worker, account):
    prefer(db, account, Category.TELETRANSMISSION, Channel.EMAIL, False)
    tell(db, worker, account)
    assert rows(db, account) == [("email", "waiting")]


def test_what_the_law_has_us_tell_comes_whatever_was_chosen(db, worker, account):
    prefer(db, account, Category.LEGAL, Channel.EMAIL, False)
    values = {"link": "/mes-donnees", "until": "2026-12-20"}
    announce(db, worker[0], NoticeKind.ACCOUNT_CLOSING, account.id, values)
    assert rows(db, account) == [("email", "waiting")]


def test_a_withdrawn_consent_ends_the_sms(db, worker, account):
    prefer(db, account, Category.REIMBURSEMENTS, Channel.SMS, True)
    accept_sms(db, account)
    accept_sms(db, account, granted=False)
    tell(db, worker, account)
    assert rows(db, account) == [("email", "waiting")]


def test_the_language_is_the_account_s(db, worker, account):
    account.language = "en"
    db.flush()
    tell(db, worker, account)
    assert db.query(Notification).one().language == "en"


def test_a_closed_account_is_told_nothing(db, worker, account, clock):
    account.closed_at = clock.now()
    db.flush()
    tell(db, worker, account)
    assert rows(db, account) == []


def test_a_thousand_accounts_cost_the_statements_of_one(db, engine, worker, account, clock):
    with counted_statements(engine) as run:
        announce_to(db, NEWS, range(account.id, account.id + 1000), {"link": "/remboursements"}, clock.now())
    assert len(run) == 1


def test_ten_announcements_within_ten_minutes_are_one_message(db, worker, account, clock):
    for _ in range(10):
        tell(db, worker, account)
        clock.at += timedelta(seconds=50)
        deliver(db, worker)
    assert worker[1].sent == []
    clock.at += timedelta(minutes=2)
    deliver(db, worker)
    clock.at += timedelta(minutes=15)
    deliver(db, worker)
    assert Counter(state for _, state in rows(db, account)) == {"grouped": 9, "sent": 1}
    assert len(worker[1].sent) == 1
    assert "De nouveaux documents sont disponibles" in worker[1].sent[0].text


def test_one_announcement_is_told_as_one(db, worker, account, clock):
    tell(db, worker, account)
    clock.at += timedelta(minutes=10)
    deliver(db, worker)
    assert "Un nouveau document est disponible" in worker[1].sent[0].text


def test_what_is_of_another_kind_or_another_member_s_is_not_grouped(db, worker, account, clock):
    other = make_account(db, make_person(db, email="paul@example.org"))
    for one in (account, other):
        tell(db, worker, one)
        tell(db, worker, one, CHANGE)
    clock.at += timedelta(minutes=10)
    deliver(db, worker)
    assert Counter(mail.to for mail in worker[1].sent) == {"nadia@example.org": 2, "paul@example.org": 2}


def test_what_was_seen_before_it_left_is_not_told(db, worker, account, clock):
    tell(db, worker, account)
    note_read(db, worker[0], account.id, NEWS)
    clock.at += timedelta(minutes=10)
    deliver(db, worker)
    assert worker[1].sent == []
    assert rows(db, account) == [("email", "unwanted")]


def test_an_evening_s_news_comes_in_the_morning(db, worker, account, clock):
    clock.at = datetime(2026, 11, 20, 20, 55, tzinfo=PARIS)
    tell(db, worker, account)
    clock.at = datetime(2026, 11, 21, 7, 59, tzinfo=PARIS)
    deliver(db, worker)
    assert worker[1].sent == []
    clock.at = datetime(2026, 11, 21, 8, 0, tzinfo=PARIS)
    deliver(db, worker)
    assert len(worker[1].sent) == 1


def test_a_message_whose_worker_died_is_taken_up_again(db, worker, account, clock):
    tell(db, worker, account)
    clock.at += timedelta(minutes=10)
    take_up(db, worker[0])
    db.execute(text("delete from procrastinate_jobs"))
    deliver(db, worker)
    assert worker[1].sent == []
    clock.at += LOST_AFTER
    deliver(db, worker)
    assert len(worker[1].sent) == 1


def important_mail_sent(db, worker, account, clock):
    tell(db, worker, account, CHANGE)
    clock.at += timedelta(minutes=10)
    deliver(db, worker)
    assert len(worker[1].sent) == 1


def test_an_important_mail_unread_after_three_hours_is_repeated_once_by_sms(db, worker, account, clock):
    accept_sms(db, account)
    important_mail_sent(db, worker, account, clock)
    for minutes in (170, 15, 15, 300):
        clock.at += timedelta(minutes=minutes)
        repeat_unread(db, worker[0])
        deliver(db, worker)
    assert [sms.to for sms in worker[2].sent] == ["+33612345678"]
    mail, sms = db.query(Notification).order_by(Notification.id)
    assert sms.follows_id == mail.id
    assert sms.sent_at - mail.sent_at == timedelta(minutes=185)


def test_the_number_of_the_file_will_do_where_none_was_proved(db, worker, clock):
    account = make_account(db, make_person(db, mobile="+33698765432"))
    accept_sms(db, account, mobile=None)
    important_mail_sent(db, worker, account, clock)
    clock.at += timedelta(hours=3)
    repeat_unread(db, worker[0])
    deliver(db, worker)
    assert [sms.to for sms in worker[2].sent] == ["+33698765432"]


def _seen(db, worker, account):
    note_read(db, worker[0], account.id, CHANGE)


def _withdrawn(db, worker, account):
    accept_sms(db, account, granted=False)


def _closed(db, worker, account):
    account.closed_at = worker[0].now()


@pytest.mark.parametrize("happens", [_seen, _withdrawn, _closed])
def test_nothing_is_repeated_to_who_came_or_does_not_want_it(db, worker, account, clock, happens):
    accept_sms(db, account)
    important_mail_sent(db, worker, account, clock)
    happens(db, worker, account)
    db.flush()
    clock.at += timedelta(hours=4)
    repeat_unread(db, worker[0])
    assert ("sms", "waiting") not in rows(db, account)


def test_nothing_is_repeated_without_consent_nor_when_it_is_not_important(db, worker, account, clock):
    important_mail_sent(db, worker, account, clock)
    tell(db, worker, account)
    account.mobile = "+33612345678"
    db.flush()
    clock.at += timedelta(minutes=10)
    deliver(db, worker)
    clock.at += timedelta(hours=4)
    repeat_unread(db, worker[0])
    assert {channel for channel, _ in rows(db, account)} == {"email"}


def test_nothing_is_repeated_at_night_and_it_is_in_the_morning(db, worker, account, clock):
    accept_sms(db, account)
    clock.at = datetime(2026, 11, 20, 18, 30, tzinfo=PARIS)
    important_mail_sent(db, worker, account, clock)
    clock.at = datetime(2026, 11, 20, 22, 0, tzinfo=PARIS)
    repeat_unread(db, worker[0])
    assert ("sms", "waiting") not in rows(db, account)
    clock.at = datetime(2026, 11, 21, 8, 0, tzinfo=PARIS)
    repeat_unread(db, worker[0])
    deliver(db, worker)
    assert len(worker[2].sent) == 1


def test_an_important_mail_that_bounced_is_told_by_sms_at_once(db, worker, account, clock):
    from member_space.interfaces import DeliveryError

    accept_sms(db, account)
    tell(db, worker, account, CHANGE)
    clock.at += timedelta(minutes=10)
    worker[1].fails = [DeliveryError("550 no such user", final=True)]
    deliver(db, worker)
    repeat_unread(db, worker[0])
    deliver(db, worker)
    assert len(worker[2].sent) == 1
