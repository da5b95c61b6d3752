"""What the demonstration sent instead of posting it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.models import DemoMessage

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Message:
    """`channel`: email or sms, which has no `subject`."""

    channel: str
    to: str
    subject: str | None
    text: str
    sent_at: datetime


def messages(db: Session) -> list[Message]:
    """The last ones, newest first."""
    columns = DemoMessage.channel, DemoMessage.to, DemoMessage.subject, DemoMessage.text, DemoMessage.sent_at
    return [Message(*row) for row in db.execute(select(*columns).order_by(DemoMessage.id.desc()).limit(SHOWN))]
