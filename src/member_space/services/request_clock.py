"""The target of a request: when it ends, from its log, in the office's open hours (C109)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from member_space.domain.opening_hours import OpeningHours
from member_space.domain.request import State
from member_space.domain.service_clock import due_at
from member_space.models import Request, RequestTransition
from member_space.models.request import OPEN
from member_space.services.opening import read_opening_hours
from member_space.services.tools import Tools
from member_space.settings import Settings


@lru_cache(8)
def _hours(setting: str) -> OpeningHours:
    return read_opening_hours(setting)


def hours_of(settings: Settings) -> OpeningHours:
    """The office's hours, its holidays included."""
    return _hours(settings.brand.opening_hours)


def pauses_of(log: Sequence[tuple[str, datetime]], now: datetime) -> list[tuple[datetime, datetime]]:
    """When the member had the hand, from (state, instant of entering it) in order; the last one ends now."""
    ends = [at for _state, at in log[1:]] + [now]
    return [(at, end) for (state, at), end in zip(log, ends, strict=True) if state == State.WAITING_MEMBER]


def log_of(db: Session, request_id: int) -> list[tuple[str, datetime]]:
    """(state entered, when) for each transition since it was sent, or opened again for the last time."""
    query = select(RequestTransition.act, RequestTransition.after, RequestTransition.at).where(
        RequestTransition.request_id == request_id
    )
    log: list[tuple[str, datetime]] = []
    for act, after, at in db.execute(query.order_by(RequestTransition.version)):
        if act == "reopen":
            log.clear()  # what was asked anew has its own target
        log.append((after, at))
    return log


def due_at_of(db: Session, tools: Tools, request: Request) -> datetime | None:
    """When the target ends, were the member to leave the hand to us from now on; None while he has it."""
    log = log_of(db, request.id)
    if not log or not request.target_minutes or log[-1][0] == State.WAITING_MEMBER:
        return None
    pauses = pauses_of(log, tools.now())
    return due_at(hours_of(tools.settings), log[0][1], timedelta(minutes=request.target_minutes), pauses)


@dataclass(frozen=True, slots=True)
class Recomputed:
    """A batch of open requests. ``moved``: whose end is another one; ``last``: the id to go on after, None: no more."""

    read: int
    moved: int
    last: int | None


def recompute_due(db: Session, tools: Tools, after: int = 0, batch: int = 500) -> Recomputed:
    """Date the targets of one batch of open requests again, after the hours or the holidays changed (C109)."""
    query = select(Request).where(text(f"request.{OPEN}"), Request.id > after).order_by(Request.id).limit(batch)
    # Locked: what a colleague does meanwhile dates it by itself, after us.
    rows = db.scalars(query.with_for_update(of=Request).execution_options(populate_existing=True)).all()
    moved = 0
    for row in rows:
        due_at = due_at_of(db, tools, row)
        moved += due_at != row.due_at
        row.due_at = due_at
    db.flush()
    return Recomputed(len(rows), moved, rows[-1].id if len(rows) == batch else None)
