"""The dead letters: what could not be written, was refused, or found nobody at home eight times."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.notices import NOTICES, NoticeKind
from member_space.models import Notification
from member_space.services.notification import hand_over
from member_space.services.tools import Tools

DEAD = ("failed", "bounced")


class NoSuchLetterError(Exception):
    """No dead letter has this number."""


class SpentCodeError(Exception):
    """Its code was forgotten when it died: whoever needs one asks for another."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A dead letter, without its address. `state`: failed or bounced; `can_leave`: it holds no code."""

    id: int
    kind: str
    channel: str
    state: str
    attempts: int
    reason: str | None
    asked_at: datetime
    can_leave: bool


def dead_letters(db: Session, limit: int = 1000) -> list[DeadLetter]:
    """The latest ones first."""
    rows = db.scalars(
        select(Notification).where(Notification.state.in_(DEAD)).order_by(Notification.id.desc()).limit(limit)
    )
    return [
        DeadLetter(
            row.id,
            row.kind,
            row.channel,
            row.state,
            row.attempts,
            row.last_error,
            row.created_at,
            not NOTICES[NoticeKind(row.kind)].holds_code,
        )
        for row in rows
    ]


def retry(db: Session, tools: Tools, letter_id: int) -> None:
    """Send a dead letter again, with all its tries. Raises NoSuchLetterError or SpentCodeError."""
    row = db.scalar(
        select(Notification).where(Notification.id == letter_id, Notification.state.in_(DEAD)).with_for_update()
    )
    if row is None:
        raise NoSuchLetterError
    if NOTICES[NoticeKind(row.kind)].holds_code:
        raise SpentCodeError
    row.state, row.attempts = "waiting", 0
    hand_over(db, tools, row)
