"""What an application is told of by itself, and how: thin events, signed in the manner of Standard Webhooks 1.0.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md. An event says that there is
something to read and its id; no word of health, amount or name leaves with it.
"""

import hmac
import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from member_space.domain.api_scope import Scope


class News(StrEnum):
    """The types of event: ``subject.what_became_of_it``."""

    REIMBURSEMENT_ISSUED = "reimbursement.issued"
    REQUEST_ANSWERED = "request.answered"
    REQUEST_DECIDED = "request.decided"
    REQUEST_PIECE_ASKED = "request.piece_asked"
    REQUEST_CLOSED = "request.closed"
    MESSAGE_RECEIVED = "message.received"
    TELETRANSMISSION_CHANGED = "teletransmission.changed"
    CARD_ISSUED = "card.issued"
    CONSENT_REVOKED = "consent.revoked"


READ_BY: dict[News, Scope | None] = {
    News.REIMBURSEMENT_ISSUED: Scope.REIMBURSEMENTS_READ,
    News.REQUEST_ANSWERED: Scope.REQUESTS_READ,
    News.REQUEST_DECIDED: Scope.REQUESTS_READ,
    News.REQUEST_PIECE_ASKED: Scope.REQUESTS_READ,
    News.REQUEST_CLOSED: Scope.REQUESTS_READ,
    News.MESSAGE_RECEIVED: Scope.REQUESTS_READ,
    News.TELETRANSMISSION_CHANGED: Scope.TELETRANSMISSION_READ,
    News.CARD_ISSUED: Scope.CARDS_READ,
    News.CONSENT_REVOKED: None,
}
"""The scope by which what is told would be read: without it nothing is told. None: it is about the access itself."""

DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=20),
)
"""Between a try and the next: the tenth and last comes three days after the first."""
BOTH_SECRETS_FOR = timedelta(days=1)
"""After a new secret, the former one signs too: the application changes it without missing anything."""
SECRET_PREFIX = "whsec_"


def new_secret() -> str:
    """32 random bytes, as the libraries of the standard read them."""
    return SECRET_PREFIX + b64encode(secrets.token_bytes(32)).decode()


def body_of(news: News, at: datetime, ids: Mapping[str, str]) -> bytes:
    """The event as it is sent; ``ids``: public ids by kind of thing."""
    told = {"type": news.value, "timestamp": at.astimezone(UTC).isoformat(timespec="seconds"), "data": dict(ids)}
    return json.dumps(told, separators=(",", ":"), sort_keys=True).encode()


def headers_of(message_id: str, at: datetime, body: bytes, keys: Iterable[str]) -> dict[str, str]:
    """What identifies and signs a try; ``keys``: the secrets in force, each of which signs.

    ``message_id`` is the same at each try, by which a receiver knows what it has had; ``at`` is the try's own instant,
    by which it refuses an old one that somebody sends again.
    """
    stamp = str(int(at.timestamp()))
    signed = f"{message_id}.{stamp}.".encode() + body
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(_signature(key, signed) for key in keys),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = b64decode(secret.removeprefix(SECRET_PREFIX))
    return "v1," + b64encode(hmac.digest(key, signed, "sha256")).decode()
