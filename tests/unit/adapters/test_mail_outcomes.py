"""What Amazon SES tells of its mails, read from the queue as moto plays it."""

from datetime import UTC, datetime

import boto3
import pytest
from moto import mock_aws
from structlog.testing import capture_logs

from member_space.adapters import mail_outcomes
from member_space.adapters.mail_outcomes import SesOutcomes
from member_space.interfaces import MailOutcome
from tests.factories.mail_outcomes import bounce, complaint, delivery, enveloped

REGION = "eu-west-3"
AT = datetime(2026, 11, 20, 9, 30, 0, 123000, tzinfo=UTC)


@pytest.fixture
def sqs(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        yield boto3.client("sqs", region_name=REGION)


@pytest.fixture
def url(sqs):
    return sqs.create_queue(QueueName="mail")["QueueUrl"]


@pytest.fixture
def queue(url):
    return SesOutcomes(REGION, url)


def put(sqs, url, *bodies):
    for body in bodies:
        sqs.send_message(QueueUrl=url, MessageBody=body)


def left(sqs, url) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)


def test_a_bounce_for_good_and_a_delivery_are_outcomes(sqs, url, queue):
    put(sqs, url, bounce("Nadia <nadia@example.org>", "b@example.org", message_id="7f-1"), delivery("c@example.org"))
    outcomes, receipts = queue.take()
    assert sorted(outcomes, key=lambda one: one.address) == [
        MailOutcome("b@example.org", True, AT, "7f-1"),
        MailOutcome("c@example.org", False, AT, None),
        MailOutcome("nadia@example.org", True, AT, "7f-1"),
    ]
    assert len(receipts) == 2


@pytest.mark.parametrize(
    "body",
    [bounce("a@example.org", kind="Transient"), bounce("a@example.org", kind="Undetermined"),
     complaint("a@example.org")],
)  # fmt: skip
def test_what_says_nothing_for_good_is_read_and_no_outcome(sqs, url, queue, body):
    put(sqs, url, body)
    with capture_logs() as logs:
        outcomes, receipts = queue.take()
    assert (outcomes, len(receipts), logs) == ([], 1, [])


@pytest.mark.parametrize(
    "body",
    ["Successfully validated SNS topic for nadia@example.org", "[]", "null", "{}", '{"Message": "nadia@example.org"}',
     '{"Message": "[]"}', '{"Message": null}', enveloped({"notificationType": "Bounce"}),
     bounce("nadia@example.org", at="yesterday"), bounce("nadia@example.org", at="2026-11-20T09:30:00"),
     bounce("nadia"), bounce(None)],
)  # fmt: skip
def test_one_that_cannot_be_read_is_left_aside_without_its_address_and_the_others_are_read(sqs, url, queue, body):
    put(sqs, url, body, delivery("c@example.org"))
    with capture_logs() as logs:
        outcomes, receipts = queue.take()
    assert [one.address for one in outcomes] == ["c@example.org"]
    assert len(receipts) == 2
    (line,) = logs
    assert line["event"] == "an outcome of a mail cannot be read"
    assert set(line) == {"event", "log_level", "message", "fault"}
    assert "nadia" not in str(line)


def test_what_was_read_is_hidden_then_gone_however_many(sqs, url, queue):
    put(sqs, url, *(delivery(f"n{n}@example.org") for n in range(23)))
    outcomes, receipts = queue.take()
    assert len({one.address for one in outcomes}) == len(receipts) == 23
    assert queue.take() == ([], [])
    assert left(sqs, url) == 23
    queue.forget(receipts)
    assert left(sqs, url) == 0


def test_what_is_not_forgotten_comes_again(sqs, url, queue, monkeypatch):
    monkeypatch.setattr(mail_outcomes, "HIDDEN_FOR", 0)
    monkeypatch.setattr(mail_outcomes, "READINGS", 1)
    put(sqs, url, delivery("c@example.org"))
    assert queue.take()[0] == queue.take()[0] != []


def test_a_queue_that_is_not_there_is_a_fault_of_connection(sqs, url):
    lost = SesOutcomes(REGION, url + "-lost")
    for ask in (lost.take, lambda: lost.forget(["x"])):
        with pytest.raises(ConnectionError, match="Amazon SQS answered"):
            ask()


def test_a_network_that_is_not_there_too(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with pytest.raises(ConnectionError, match="Amazon SQS could not be used: EndpointConnectionError"):
        SesOutcomes(REGION, "http://127.0.0.1:9/123456789012/mail").take()
