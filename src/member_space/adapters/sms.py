"""SMS: told on the console, handed to a gateway over HTTP, or to Amazon SNS."""

import hashlib
import hmac
import json
from typing import Any

import structlog
from zope.interface import implementer

from member_space.adapters.http import HttpClient
from member_space.interfaces import DeliveryError, IClock, ISmsGateway
from member_space.settings import Sms

log = structlog.get_logger(__name__)

OURS_OR_PASSING = frozenset({401, 403, 407, 408, 425, 429})
"""4xx that say nothing of the number: our signature or our rights are wrong, or it is not the moment."""


def sms_from(sms: Sms, clock: IClock) -> ISmsGateway:
    """The gateway of these settings."""
    if sms.transport == "http" and sms.url and sms.secret:
        return HttpSms(sms.url, sms.secret, sms.sender, clock)
    if sms.transport == "sns" and sms.region:
        return SnsSms(sms.region, sms.sender)
    return ConsoleSms()


def _checked(to: str, text: str) -> None:
    if not (to.startswith("+") and to[1:].isascii() and to[1:].isdigit()):
        raise DeliveryError("this is not a number in E.164", final=True)
    if not text:
        raise DeliveryError("there is no text", final=True)


@implementer(ISmsGateway)
class ConsoleSms:
    """Tells in the log that a text would have left; neither for whom nor which."""

    def send(self, to: str, text: str, message_id: str) -> None:
        _checked(to, text)
        log.info("sms_shown", message_id=message_id)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 of `timestamp`, a full stop and the body, in hexadecimal."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


@implementer(ISmsGateway)
class HttpSms:
    """POST of JSON, signed; the gateway tells a repeated message by its id. See docs/operations.md."""

    def __init__(self, url: str, secret: str, sender: str, clock: IClock, http: HttpClient | None = None) -> None:
        self._url, self._secret, self._sender, self._clock = url, secret, sender, clock
        self._http = http or HttpClient()

    def send(self, to: str, text: str, message_id: str) -> None:
        _checked(to, text)
        message = {"to": to, "text": text, "sender": self._sender, "id": message_id}
        body = json.dumps(message, ensure_ascii=False).encode()
        timestamp = str(int(self._clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": message_id,
            "X-Timestamp": timestamp,
            "X-Signature": signature(self._secret, timestamp, body),
        }
        try:
            status = self._http.ask("POST", self._url, headers, body).status
        except ConnectionError as fault:
            raise DeliveryError(f"the SMS gateway could not be reached: {fault}", final=False) from None
        if not 200 <= status < 300:
            raise DeliveryError(
                f"the SMS gateway answered {status}", final=400 <= status < 500 and status not in OURS_OR_PASSING
            )


@implementer(ISmsGateway)
class SnsSms:
    """Amazon SNS; credentials come from boto3's own environment variables.

    SNS knows no id of ours: after an answer that was lost on the way, the text is sent twice rather than never.
    """

    def __init__(self, region: str, sender: str) -> None:
        import boto3
        from botocore.config import Config

        config = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1})
        self._client: Any = boto3.client("sns", region_name=region, config=config)
        self._attributes = {
            "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
            "AWS.SNS.SMS.SenderID": {"DataType": "String", "StringValue": sender},
        }

    def send(self, to: str, text: str, message_id: str) -> None:  # noqa: ARG002 - the interface's
        from botocore.exceptions import BotoCoreError, ClientError

        _checked(to, text)
        try:
            self._client.publish(PhoneNumber=to, Message=text, MessageAttributes=self._attributes)
        except ClientError as refusal:
            code = refusal.response["Error"]["Code"]
            final = code in ("InvalidParameter", "InvalidParameterValue", "OptedOut")
            raise DeliveryError(f"Amazon SNS answered {code}", final=final) from None
        except BotoCoreError as fault:
            raise DeliveryError(f"Amazon SNS could not be used: {type(fault).__name__}", final=False) from None
