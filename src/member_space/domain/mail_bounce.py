"""A report that a mail of ours could not be delivered (RFC 3464), read without trusting it."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from email.utils import getaddresses

PARTS_MAX = 50
"""Parts that are looked at; a report has three."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """`message_id`: before the @ in that of the mail that came back. `address`: whom that mail was to."""

    message_id: str
    address: str


def read_bounce(raw: bytes) -> Bounce | None:
    """What came back for good; None for a delay, a delivery, a full mailbox, and for whatever is no such report."""
    try:
        parts = list(message_from_bytes(raw, policy=policy.compat32).walk())[:PARTS_MAX]
        if not any(_failed_for_good(part) for part in parts):
            return None
        return next((bounce for part in parts[1:] if (bounce := _returned(part))), None)
    except Exception:  # whatever the library trips over is no report
        return None


def _failed_for_good(part: Message) -> bool:
    """5.2.2 is a full mailbox, and 5.7 a matter of policy: neither says that the address is wrong."""
    status = str(part.get("Status", "")).strip()
    failed = str(part.get("Action", "")).strip().lower() == "failed"
    return failed and status.startswith("5.") and not status.startswith(("5.2.2", "5.7"))


def _returned(part: Message) -> Bounce | None:
    """Of the mail that is joined, whole or its headers alone."""
    if part.get_content_type() == "text/rfc822-headers":
        payload = part.get_payload(decode=True)
        part = message_from_bytes(payload if isinstance(payload, bytes) else b"", policy=policy.compat32)
    message_id, _, _ = str(part.get("Message-ID", "")).strip().strip("<>").partition("@")
    to = getaddresses([str(part.get("To", ""))])
    return Bounce(message_id, to[0][1]) if message_id and len(to) == 1 and to[0][1] else None
