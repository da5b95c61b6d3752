"""A mail that comes back, or an address that receives again, is known later, and leaves the queue once it is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws
from sqlalchemy import text, update
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from member_space.config import task_runner
from member_space.domain.notices import Channel, NoticeKind
from member_space.interfaces import IMailOutcomes, MailOutcome
from member_space.models import Account, Consent, Notification
from member_space.services.mail_outcome import take_outcomes
from member_space.services.notification import notify
from member_space.services.notification_announce import repeat_unread
from member_space.services.notification_send import send
from member_space.services.tasks import TASKS
from member_space.services.tools import Tools
from member_space.settings import read_settings
from tests.conftest import TEST_INI
from tests.factories.household import make_account, make_person
from tests.factories.mail_outcomes import bounce
from tests.factories.messages import worker_tools
from tests.functional.clock import PARIS, SetClock

EMAIL = "nadia@exämple.org"
ON_THE_WIRE = "Nadia@xn--exmple-cua.org"
TAKE_OUTCOMES = next(task for task in TASKS if task.name == "notification:take_outcomes")
AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


class Queue:
    """Keeps what it holds until it is forgotten."""

    def __init__(self) -> None:
        self.holds: list[MailOutcome] = []
        self.read: list[str] = []
        self.forgotten: list[str] = []
        self.fault: Exception | None = None

    def take(self):
        if self.fault:
            raise self.fault
        self.read = [f"receipt {n}" for n, _ in enumerate(self.holds)]
        return list(self.holds), self.read

    def forget(self, receipts):
        if self.fault:
            raise self.fault
        self.forgotten += receipts


@pytest.fixture
def queue():
    return Queue()


@pytest.fixture
def tools(own_database, settings, queue):
    mail = replace(settings.mail, bounce_queue="https://sqs.example.org/1/mail")
    made, _mails, _texts = worker_tools(settings, own_database, SetClock(AT.astimezone(PARIS)))
    return Tools(replace(settings, mail=mail), lambda face: queue if face is IMailOutcomes else made.find(face))


@pytest.fixture
def account(sessions):
    with sessions.begin() as db:
        return make_account(db, make_person(db, email=EMAIL)).id


def bounced_at(sessions, account) -> datetime | None:
    with sessions() as db:
        return db.get_one(Account, account).email_bounced_at


def run(sessions, tools) -> None:
    with sessions.begin() as db:
        take_outcomes(db, tools)


def mailed(sessions, tools, account, kind=NoticeKind.REQUEST_DECIDED) -> Notification:
    with sessions.begin() as db:
        return notify(db, tools, kind, Channel.EMAIL, account_id=account, values={"link": "/demandes/7"})


def test_a_bounce_marks_the_account_of_the_address_as_the_server_writes_it(sessions, tools, queue, account):
    with sessions.begin() as db:
        other = make_account(db, make_person(db, email="paul@example.org")).id
    queue.holds = [MailOutcome(ON_THE_WIRE, True, AT, None), MailOutcome("nobody@example.org", True, AT, None)]
    run(sessions, tools)
    assert (bounced_at(sessions, account), bounced_at(sessions, other)) == (AT, None)
    assert queue.forgotten == queue.read == ["receipt 0", "receipt 1"]


def test_what_was_told_twice_changes_nothing_more(sessions, tools, queue, account):
    for later in (0, 1):
        queue.holds = [MailOutcome(EMAIL, True, AT + timedelta(hours=later), None)]
        run(sessions, tools)
    assert bounced_at(sessions, account) == AT


def test_a_later_delivery_takes_the_mark_away_and_an_earlier_one_does_not(sessions, tools, queue, account):
    for delivered, left in ((AT - timedelta(minutes=1), AT), (AT + timedelta(minutes=1), None)):
        queue.holds = [MailOutcome(EMAIL, True, AT, None), MailOutcome(EMAIL, False, delivered, None)]
        run(sessions, tools)
        assert bounced_at(sessions, account) == left
    queue.holds = [MailOutcome(EMAIL, True, AT, None)]
    run(sessions, tools)
    queue.holds = [MailOutcome(EMAIL, False, AT + timedelta(minutes=1), None)]
    run(sessions, tools)
    assert bounced_at(sessions, account) is None


def test_an_address_that_was_changed_since_is_nobody_s(sessions, tools, queue, account):
    with sessions.begin() as db:
        db.execute(update(Account).values(email="nadia.neuve@example.org"))
    queue.holds = [MailOutcome(EMAIL, True, AT, None)]
    run(sessions, tools)
    assert bounced_at(sessions, account) is None


def test_the_mail_that_came_back_is_a_dead_letter_and_what_is_important_leaves_by_sms(sessions, tools, queue, account):
    row = mailed(sessions, tools, account)
    with sessions.begin() as db:
        person = db.get_one(Account, account).person_id
        db.execute(update(Account).values(mobile="+33612345678"))
        db.add(Consent(person_id=person, purpose="sms_contact", granted=True, wording="?"))
        send(db, tools, row.id)
    queue.holds = [MailOutcome(EMAIL, True, AT, str(row.public_id)), MailOutcome(EMAIL, True, AT, "none of ours")]
    run(sessions, tools)
    with sessions.begin() as db:
        dead = db.get_one(Notification, row.id)
        assert (dead.state, dead.last_error) == ("bounced", "the mail came back")
        repeat_unread(db, tools)
        assert db.query(Notification).filter_by(channel="sms", follows_id=row.id).count() == 1


def test_a_mail_that_is_only_taken_does_not_take_the_mark_away(sessions, tools, queue, account):
    queue.holds = [MailOutcome(EMAIL, True, AT, None)]
    run(sessions, tools)
    row = mailed(sessions, tools, account)
    with sessions.begin() as db:
        send(db, tools, row.id)
        assert db.get_one(Notification, row.id).state == "sent"
    assert bounced_at(sessions, account) == AT


def test_a_bounce_that_is_faster_than_our_commit_is_not_lost(own_database, sessions, tools, queue, account):
    row = mailed(sessions, tools, account)
    queue.holds = [MailOutcome(EMAIL, True, AT, str(row.public_id))]
    with Session(own_database) as sending, sessions() as noting:
        send(sending, tools, row.id)
        sending.flush()
        noting.execute(text("set local lock_timeout = '200ms'"))
        with pytest.raises(Exception, match="lock timeout"):
            take_outcomes(noting, tools)
        noting.rollback()
        sending.commit()
    run(sessions, tools)
    with sessions() as db:
        assert db.get_one(Notification, row.id).state == "bounced"


def test_nothing_leaves_the_queue_before_the_commit_nor_without_it(sessions, tools, queue, account):
    queue.holds = [MailOutcome(EMAIL, True, AT, None)]
    with sessions() as db:
        take_outcomes(db, tools)
        assert queue.forgotten == []
        db.rollback()
    assert queue.forgotten == []
    assert bounced_at(sessions, account) is None
    run(sessions, tools)
    assert queue.forgotten == ["receipt 0"]


def test_a_queue_that_does_not_answer_is_said_and_what_was_read_stays_marked(sessions, tools, queue, account):
    queue.fault = ConnectionError("Amazon SQS answered AccessDenied")
    with capture_logs() as logs:
        run(sessions, tools)
    assert [line["event"] for line in logs] == ["what became of the mails cannot be read"]
    queue.fault, queue.holds = None, [MailOutcome(EMAIL, True, AT, None)]
    with capture_logs() as logs, sessions.begin() as db:
        take_outcomes(db, tools)
        queue.fault = ConnectionError("Amazon SQS answered AccessDenied")
        db.commit()
    assert [line["event"] for line in logs] == ["outcomes of mails stay in their queue"]
    assert bounced_at(sessions, account) == AT


def test_the_worker_reads_the_queue_of_amazon_itself(own_database, sessions, account, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        sqs = boto3.client("sqs", region_name="eu-west-3")
        url = sqs.create_queue(QueueName="mail")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody=bounce(ON_THE_WIRE))
        ses = {"mail.transport": "ses", "mail.region": "eu-west-3", "mail.bounce_queue": url}
        task_runner(read_settings(TEST_INI | ses, {}), own_database)(TAKE_OUTCOMES)
        counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        left = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=counts)["Attributes"]
    assert [left[name] for name in counts] == ["0", "0"]
    assert bounced_at(sessions, account) is not None


def test_without_a_queue_nothing_is_asked(sessions, tools, settings, queue):
    queue.fault = AssertionError("asked")
    with sessions.begin() as db:
        take_outcomes(db, Tools(settings, tools.find))
