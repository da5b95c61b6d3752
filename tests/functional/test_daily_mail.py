"""One mail a day, for who asked for it: what can wait leaves together at six in the evening, and never for nothing."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from member_space.domain.notices import Category, Channel, NoticeKind
from member_space.interfaces import DeliveryError
from member_space.models import Consent, Notification, NotificationPreference
from member_space.services.notification_announce import announce, note_read, take_up
from member_space.services.notification_send import send
from tests.factories.household import make_account, make_person
from tests.factories.messages import worker_tools
from tests.functional.clock import PARIS, SetClock, counted_statements

NEWS, DRAFT, DECIDED = NoticeKind.NEW_REIMBURSEMENT, NoticeKind.DRAFT_WAITS, NoticeKind.REQUEST_DECIDED
EVENING = datetime(2026, 11, 20, 18, 0, tzinfo=PARIS)


@pytest.fixture
def clock():
    return SetClock(datetime(2026, 11, 20, 10, 0, tzinfo=PARIS))


@pytest.fixture
def worker(engine, settings, clock):
    """The tools of a task, the box of the mails and that of the SMS."""
    return worker_tools(settings, engine, clock)


@pytest.fixture
def account(db):
    return make_account(db, make_person(db, email="nadia@example.org"), daily_mail=True)


def tell(db, worker, account, *kinds):
    for kind in kinds:
        announce(db, worker[0], kind, account.id, {"link": "/ailleurs"})


def deliver(db, worker):
    """A minute of the worker: what is due is taken up, then every job is done."""
    take_up(db, worker[0])
    for one in db.scalars(text("delete from procrastinate_jobs returning (args->>'notification_id')::bigint")).all():
        send(db, worker[0], one)
    db.flush()


def states(db):
    db.expire_all()
    return Counter((row.kind, row.state) for row in db.query(Notification))


def test_what_can_wait_leaves_together_at_six_and_tells_how_many_things_but_not_what(db, worker, account, clock):
    tell(db, worker, account, NEWS, NEWS, DRAFT)
    clock.at = EVENING - timedelta(minutes=1)
    deliver(db, worker)
    assert worker[1].sent == []
    clock.at = EVENING
    deliver(db, worker)
    (mail,) = worker[1].sent
    assert "3 nouveautés vous attendent dans votre espace." in mail.text
    assert "/ailleurs" not in mail.text
    assert mail.to == "nadia@example.org"
    assert states(db) == {("new_reimbursement", "grouped"): 2, ("draft_waits", "grouped"): 1, ("digest", "sent"): 1}
    clock.at += timedelta(hours=24)
    deliver(db, worker)
    assert len(worker[1].sent) == 1


def test_one_thing_is_told_as_one_in_the_language_of_the_account(db, worker, account, clock):
    account.language = "en"
    db.flush()
    tell(db, worker, account, NEWS)
    clock.at = EVENING
    deliver(db, worker)
    assert "1 new item is waiting for you in your space." in worker[1].sent[0].text


def test_what_was_seen_is_not_counted_and_an_empty_digest_never_leaves(db, worker, account, clock):
    tell(db, worker, account, NEWS, DRAFT)
    note_read(db, worker[0], account.id, NEWS)
    clock.at = EVENING
    deliver(db, worker)
    assert "1 nouveauté vous attend" in worker[1].sent[0].text
    tell(db, worker, account, NEWS)
    note_read(db, worker[0], account.id, NEWS)
    clock.at += timedelta(hours=24)
    deliver(db, worker)
    assert len(worker[1].sent) == 1


def test_what_is_important_does_not_wait_nor_join(db, worker, account, clock):
    tell(db, worker, account, DECIDED, NEWS)
    clock.at += timedelta(minutes=10)
    deliver(db, worker)
    assert states(db) == {("request_decided", "sent"): 1, ("new_reimbursement", "waiting"): 1}


def test_who_did_not_ask_for_it_is_told_as_before_and_is_not_mixed_in(db, worker, account, clock):
    other = make_account(db, make_person(db, email="paul@example.org"))
    for one in (account, other):
        tell(db, worker, one, NEWS)
    clock.at += timedelta(minutes=10)
    deliver(db, worker)
    assert [mail.to for mail in worker[1].sent] == ["paul@example.org"]


def test_an_sms_that_was_chosen_does_not_wait_for_the_mail(db, worker, account, clock):
    account.mobile = "+33612345678"
    db.add(Consent(person_id=account.person_id, purpose="sms_contact", granted=True, wording="?"))
    choice = {"category": Category.REIMBURSEMENTS.value, "channel": Channel.SMS.value, "wanted": True}
    db.add(NotificationPreference(account_id=account.id, **choice))
    db.flush()
    tell(db, worker, account, NEWS)
    clock.at += timedelta(minutes=10)
    deliver(db, worker)
    assert (len(worker[1].sent), len(worker[2].sent)) == (0, 1)


def test_who_wants_his_mails_as_they_come_again_gets_what_waits_at_six_by_kind(db, worker, account, clock):
    tell(db, worker, account, NEWS, NEWS)
    account.daily_mail = False
    db.flush()
    clock.at = EVENING
    deliver(db, worker)
    assert states(db) == {("new_reimbursement", "grouped"): 1, ("new_reimbursement", "sent"): 1}


def test_a_digest_that_could_not_leave_is_tried_again_and_counts_the_same(db, worker, account, clock):
    tell(db, worker, account, NEWS, DRAFT)
    clock.at = EVENING
    worker[1].fails = [DeliveryError("the mail server could not be used", final=False)]
    deliver(db, worker)
    tell(db, worker, account, NEWS)
    clock.at += timedelta(minutes=20)
    deliver(db, worker)
    assert ["2 nouveautés" in mail.text for mail in worker[1].sent] == [True]


def test_many_who_ask_for_it_cost_one_statement(db, engine, worker, account, clock):
    others = [make_account(db, make_person(db), daily_mail=True) for _ in range(3)]
    tell(db, worker, account, NEWS)
    clock.at = EVENING
    with counted_statements(engine) as one:
        take_up(db, worker[0])
    for each in others:
        tell(db, worker, each, NEWS, DRAFT)
    clock.at += timedelta(days=1)
    with counted_statements(engine) as several:
        take_up(db, worker[0])
    digests = [[line for line in run if "jsonb_build_object('link'" in line] for run in (one, several)]
    assert [len(found) for found in digests] == [1, 1]
    assert states(db)["digest", "waiting"] == 4
