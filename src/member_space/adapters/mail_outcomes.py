"""What became of the mails of Amazon SES: it tells an SNS topic, which writes to an SQS queue that is read here."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from email.utils import parseaddr
from typing import Any

import structlog
from zope.interface import implementer

from member_space.interfaces import IMailOutcomes, MailOutcome

log = structlog.get_logger(__name__)

AT_ONCE = 10
"""The most that SQS gives, or takes back, in one answer."""
READINGS = 200
"""Answers asked for at once: as many mails as leave in a minute (services/notification_announce)."""
HIDDEN_FOR = 300
"""Seconds that what was read is hidden from others: longer than a task takes, and it comes again if that failed."""


@implementer(IMailOutcomes)
class SesOutcomes:
    """Credentials come from boto3's own environment variables. Who may write to the queue is the queue's own policy."""

    def __init__(self, region: str, queue_url: str) -> None:
        import boto3
        from botocore.config import Config

        config = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1})
        self._client: Any = boto3.client("sqs", region_name=region, config=config)
        self._queue = queue_url

    def take(self) -> tuple[list[MailOutcome], list[str]]:
        outcomes: list[MailOutcome] = []
        receipts: list[str] = []
        for _ in range(READINGS):
            with _faults_told():
                answer = self._client.receive_message(
                    QueueUrl=self._queue, MaxNumberOfMessages=AT_ONCE, VisibilityTimeout=HIDDEN_FOR
                )
            if not (messages := answer.get("Messages")):
                break
            for message in messages:
                outcomes += _read(message)
                receipts.append(message["ReceiptHandle"])
        return outcomes, receipts

    def forget(self, receipts: Sequence[str]) -> None:
        for first in range(0, len(receipts), AT_ONCE):
            some = enumerate(receipts[first : first + AT_ONCE])
            entries = [{"Id": str(n), "ReceiptHandle": receipt} for n, receipt in some]
            with _faults_told():
                self._client.delete_message_batch(QueueUrl=self._queue, Entries=entries)


@contextmanager
def _faults_told() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as refusal:
        raise ConnectionError(f"Amazon SQS answered {refusal.response['Error']['Code']}") from None
    except BotoCoreError as fault:
        raise ConnectionError(f"Amazon SQS could not be used: {type(fault).__name__}") from None


def _read(message: dict[str, Any]) -> list[MailOutcome]:
    """What one message tells, nothing for what is of no use here. One that cannot be read is told, without its text."""
    try:
        return list(_outcomes(json.loads(json.loads(message["Body"])["Message"])))
    except (ValueError, LookupError, TypeError, AttributeError) as fault:
        log.warning("an outcome of a mail cannot be read", message=message.get("MessageId"), fault=type(fault).__name__)
        return []


def _outcomes(told: dict[str, Any]) -> Iterator[MailOutcome]:
    """A bounce for good, or a delivery. What bounces for a time SES tries again itself."""
    message_id = _own_id(told["mail"])
    if told["notificationType"] == "Bounce" and told["bounce"]["bounceType"] == "Permanent":
        at = _instant(told["bounce"]["timestamp"])
        for recipient in told["bounce"]["bouncedRecipients"]:
            yield MailOutcome(_address(recipient["emailAddress"]), True, at, message_id)
    elif told["notificationType"] == "Delivery":
        at = _instant(told["delivery"]["timestamp"])
        for recipient in told["delivery"]["recipients"]:
            yield MailOutcome(_address(recipient), False, at, message_id)


def _own_id(mail: dict[str, Any]) -> str | None:
    """What stands before the @ of the Message-ID that we wrote; SES tells it where it was asked to tell the headers."""
    written = mail.get("commonHeaders", {}).get("messageId")
    return str(written).strip("<>").partition("@")[0] if written else None


def _address(written: str) -> str:
    found = parseaddr(written)[1]
    if "@" not in found:
        raise ValueError("no address")
    return found


def _instant(written: str) -> datetime:
    at = datetime.fromisoformat(written)
    if at.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return at
