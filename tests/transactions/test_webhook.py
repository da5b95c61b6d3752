"""An event is sent after its cause is committed, once, and again until it is taken; never of what was rolled back."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from member_space.adapters.clock import SystemClock
from member_space.adapters.jobs import ProcrastinateJobs
from member_space.domain.notices import NoticeKind
from member_space.domain.webhook import DELAYS
from member_space.interfaces import ICipher, IClock, IJobs, IWebhookSender
from member_space.models import ApiClient, ApiGrant, Notification, WebhookDelivery, WebhookTarget
from member_space.services.tools import Tools
from member_space.services.webhook import find_target, renew_secret, replay
from member_space.services.webhook_news import tell_revoked
from member_space.services.webhook_send import send, take_up
from tests.factories.api import make_client, make_grant
from tests.factories.household import make_account, make_person
from tests.factories.office import make_colleague
from tests.factories.webhook import make_delivery, make_target

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


class Receiver:
    """The other end, as the contract of the adapter says; the real one has tests of its own."""

    def __init__(self):
        self.answers, self.had = [], []

    def check(self, url):
        pass

    def send(self, url, headers, body):
        self.had.append((url, headers, body))
        answer = self.answers.pop(0) if self.answers else 204
        if isinstance(answer, Exception):
            raise answer
        return answer


class Clock(SystemClock):
    at = NOW

    def now(self):
        return self.at


@pytest.fixture
def receiver():
    return Receiver()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def tools(own_database, settings, cipher, receiver, clock):
    adapters = {
        ICipher: cipher,
        IClock: clock,
        IJobs: ProcrastinateJobs(own_database),
        IWebhookSender: receiver,
    }
    return Tools(settings, adapters.__getitem__)


@pytest.fixture
def target(sessions, cipher):
    with sessions.begin() as db:
        person = make_person(db)
        grant = make_grant(db, make_account(db, person), make_client(db), [person])
        grant.granted_at, grant.expires_at = NOW - timedelta(days=1), NOW + timedelta(days=60)
        target = make_target(db, cipher, db.get_one(ApiClient, grant.client_id))
        make_colleague(db, "administrator")
        db.flush()
        return target.id, grant.id


def event(db, target, **values):
    found, grant = db.get_one(WebhookTarget, target[0]), db.get_one(ApiGrant, target[1])
    return make_delivery(db, found, grant, **{"created_at": NOW, "send_after": NOW} | values).id


def jobs(sessions):
    with sessions.begin() as db:
        rows = db.execute(text("select args->>'delivery_id' from procrastinate_jobs where task_name = 'webhook:send'"))
        found = [int(one) for one in rows.scalars()]
        db.execute(text("delete from procrastinate_jobs"))
    return found


def work(sessions, tools):
    """What the worker does in a minute: give out what is due, and do it."""
    with sessions.begin() as db:
        take_up(db, tools)
    for delivery_id in (done := jobs(sessions)):
        with sessions.begin() as db:
            send(db, tools, delivery_id)
    return done


def row(sessions, delivery_id):
    with sessions() as db:
        return db.get_one(WebhookDelivery, delivery_id)


def test_what_is_rolled_back_is_never_told(sessions, tools, target, receiver):
    with sessions() as db:
        tell_revoked(db, [target[1]], NOW)
        db.rollback()
    assert work(sessions, tools) == []
    with sessions.begin() as db:
        tell_revoked(db, [target[1]], NOW)
    assert len(work(sessions, tools)) == 1
    assert [news for _url, _headers, news in receiver.had if b"consent.revoked" in news]


def test_it_is_sent_once_whatever_the_workers(sessions, tools, target, receiver):
    with sessions.begin() as db:
        delivery_id = event(db, target)
        take_up(db, tools)
    with sessions.begin() as db:
        take_up(db, tools)
    assert jobs(sessions) == [delivery_id]

    def do():
        with sessions.begin() as db:
            send(db, tools, delivery_id)

    crowd = [threading.Thread(target=do) for _ in range(8)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert len(receiver.had) == 1
    assert row(sessions, delivery_id).state == "sent"


def test_a_failure_is_tried_again_under_the_same_id_and_kept_with_its_status(sessions, tools, target, receiver, clock):
    with sessions.begin() as db:
        delivery_id = event(db, target)
    receiver.answers = [500, ConnectionError("TimeoutError")]
    work(sessions, tools)
    found = row(sessions, delivery_id)
    assert (found.state, found.attempts, found.status, found.last_error) == ("waiting", 1, 500, None)
    assert found.send_after == NOW + DELAYS[0]
    assert work(sessions, tools) == []
    clock.at = NOW + DELAYS[0]
    work(sessions, tools)
    found = row(sessions, delivery_id)
    assert (found.attempts, found.status, found.last_error) == (2, None, "TimeoutError")
    clock.at += DELAYS[1]
    work(sessions, tools)
    assert row(sessions, delivery_id).state == "sent"
    assert len({headers["webhook-id"] for _url, headers, _body in receiver.had}) == 1
    assert len({headers["webhook-timestamp"] for _url, headers, _body in receiver.had}) == 3


def test_after_three_days_it_is_given_up_and_the_office_told_once(sessions, tools, target, receiver, clock):
    with sessions.begin() as db:
        first, second = event(db, target), event(db, target)
    receiver.answers = [503] * 100
    for _try in range(len(DELAYS) * 2 + 4):
        work(sessions, tools)
        with sessions() as db:
            waiting = db.scalars(select(WebhookDelivery.send_after).where(WebhookDelivery.state == "waiting")).all()
        if waiting:
            clock.at = max(clock.at, min(waiting))
    with sessions() as db:
        assert db.get_one(WebhookTarget, target[0]).disabled_at
        told = db.scalars(select(Notification).where(Notification.kind == NoticeKind.WEBHOOK_DISABLED)).all()
        assert [(one.channel, one.values) for one in told] == [("email", {"link": "/bureau/webhooks"})]
        public_id = db.get_one(WebhookTarget, target[0]).public_id
    assert "failed" in {row(sessions, one).state for one in (first, second)}
    had, receiver.answers = len(receiver.had), []
    assert work(sessions, tools) == []
    with sessions.begin() as db:
        assert replay(db, tools, find_target(db, public_id)) >= 1
    clock.at += timedelta(days=1)
    work(sessions, tools)
    assert {row(sessions, one).state for one in (first, second)} == {"sent"}
    assert len(receiver.had) == had + 2


def test_who_wants_nothing_more_is_given_up_at_once(sessions, tools, target, receiver):
    with sessions.begin() as db:
        delivery_id = event(db, target)
    receiver.answers = [410]
    work(sessions, tools)
    assert row(sessions, delivery_id).state == "failed"
    with sessions() as db:
        assert db.get_one(WebhookTarget, target[0]).disabled_at


def test_a_target_that_fails_is_asked_one_event_a_minute(sessions, tools, target, receiver):
    with sessions.begin() as db:
        for _ in range(5):
            event(db, target)
        db.get_one(WebhookTarget, target[0]).failing_since = NOW
    assert len(work(sessions, tools)) == 1
    assert len(work(sessions, tools)) == 4


@pytest.mark.parametrize("end", ["revoked_at", "expires_at"])
def test_what_waits_when_the_access_ends_is_not_told(sessions, tools, target, receiver, end):
    with sessions.begin() as db:
        delivery_id = event(db, target)
        setattr(db.get_one(ApiGrant, target[1]), end, NOW)
    work(sessions, tools)
    assert receiver.had == []
    assert row(sessions, delivery_id).state == "unwanted"


def test_a_former_secret_signs_beside_the_new_one_for_a_day(sessions, tools, target, receiver, clock):
    def signatures():
        with sessions.begin() as db:
            event(db, target, send_after=clock.at)
        work(sessions, tools)
        return receiver.had[-1][1]["webhook-signature"].split(" ")

    assert len(signatures()) == 1
    with sessions.begin() as db:
        renew_secret(db, tools, find_target(db, db.get_one(WebhookTarget, target[0]).public_id))
    assert len(set(signatures())) == 2
    clock.at += timedelta(days=1)
    assert len(signatures()) == 1
