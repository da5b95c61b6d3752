"""How long requests usually take: half and nine of ten over the last thirty days, told before and after sending (C97).

Computed from the log every hour, in open time, without the time that the member had the hand. An average would lie, the
slowest alone would frighten (R9): both figures are told, and nothing under twenty cases.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from math import ceil

from sqlalchemy import Row, delete, func, insert, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.selectable import LateralFromClause

from member_space.domain.opening_hours import OpeningHours
from member_space.domain.request import Act, Side
from member_space.domain.service_clock import after_working, worked, working_between
from member_space.models import Message, Request, RequestTransition, UsualTime
from member_space.services.request_clock import hours_of, pauses_of
from member_space.services.tools import Tools

WITHIN = timedelta(days=30)
"""What ended longer ago says nothing of today's office."""
FEWEST = 20
"""Under so many cases there is nothing usual."""
A_MINUTE = timedelta(minutes=1)


class Measure(StrEnum):
    """What is timed, from the sending: until the office's first message, or until its decision or answer."""

    FIRST_REPLY = "first_reply"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Usual:
    """Half of the cases took no more open time than ``half``, nine of ten no more than ``most``."""

    half: timedelta
    most: timedelta


Key = tuple[str, str, Measure]


def usual_time_of(
    db: Session, kind: str, topic: str | None = None, measure: Measure = Measure.DECISION
) -> Usual | None:
    """Of this object where it has its twenty cases, else of its kind; None where neither has."""
    row = db.scalar(
        select(UsualTime)
        .where(UsualTime.kind == kind, UsualTime.topic.in_([topic or "", ""]), UsualTime.measure == measure.value)
        .order_by(UsualTime.topic.desc())
        .limit(1)
    )
    return usual_from(row.half_minutes, row.most_minutes) if row else None


def usual_beside() -> LateralFromClause:
    """The same of the request of the statement around: its columns are the arguments of `usual_from`."""
    return (
        select(UsualTime.half_minutes, UsualTime.most_minutes)
        .where(
            UsualTime.kind == Request.kind,
            UsualTime.topic.in_([func.coalesce(Request.topic, ""), ""]),
            UsualTime.measure == Measure.DECISION.value,
        )
        .order_by(UsualTime.topic.desc())
        .limit(1)
        .correlate(Request)
        .lateral("usual")
    )


def usual_from(half_minutes: int | None, most_minutes: int | None) -> Usual | None:
    """From the columns, None where they are."""
    if half_minutes is None or most_minutes is None:
        return None
    return Usual(half_minutes * A_MINUTE, most_minutes * A_MINUTE)


def usually_by(hours: OpeningHours, request: Request, usual: Usual) -> datetime | None:
    """When nine of ten like this one would be settled; None while its member has the hand.

    What it waited for him, or spent closed, is in the end of its target already: no log is read.
    """
    if request.sent_at is None or request.due_at is None or not request.target_minutes:
        return None
    waited = working_between(hours, request.sent_at, request.due_at) - request.target_minutes * A_MINUTE
    return after_working(hours, request.sent_at, usual.most + waited)


def compute_usual_times(db: Session, tools: Tools) -> None:
    """Put the figures of now in the place of the former ones."""
    times: dict[Key, list[timedelta]] = defaultdict(list)
    for kind, topic, measure, used in _cases(db, hours_of(tools.settings), tools.now() - WITHIN):
        for about in {topic or "", ""}:
            times[kind, about, measure].append(used)
    db.execute(delete(UsualTime))
    rows = [_row(key, sorted(cases)) for key, cases in times.items() if len(cases) >= FEWEST]
    if rows:
        db.execute(insert(UsualTime), rows)


def _row(key: Key, cases: list[timedelta]) -> dict[str, object]:
    kind, topic, measure = key
    return {
        "kind": kind,
        "topic": topic,
        "measure": measure.value,
        "half_minutes": _minutes(cases[ceil(len(cases) / 2) - 1]),
        "most_minutes": _minutes(cases[ceil(len(cases) * 0.9) - 1]),
    }


def _minutes(time: timedelta) -> int:
    """Rounded up: « moins de » stays true."""
    return ceil(time / A_MINUTE)


def _cases(db: Session, hours: OpeningHours, since: datetime) -> Iterator[tuple[str, str | None, Measure, timedelta]]:
    """(kind, topic, measure, time it took) of what was replied to, or decided, since then."""
    for request, log in _logs(db, since):
        started = [(after, at) for _act, after, at in log]
        ends = [
            (Measure.FIRST_REPLY, request.first_reply),
            (Measure.DECISION, next((at for act, _after, at in log if act in (Act.DECIDE, Act.ANSWER)), None)),
        ]
        for measure, end in ends:
            if end is not None and end >= since:
                used = worked(hours, log[0][2], end, pauses_of(started, end))
                yield request.kind, request.topic, measure, used


def _logs(
    db: Session, since: datetime
) -> Iterator[tuple[Row[tuple[int, str, str | None, datetime | None]], list[tuple[str, str, datetime]]]]:
    """Each request that something ended for, with its first office's message and (act, state after, at) in order."""
    ended = select(RequestTransition.request_id).where(
        RequestTransition.at >= since, RequestTransition.act.in_([Act.DECIDE.value, Act.ANSWER.value])
    )
    reply = aliased(Message)
    replied = select(Message.request_id).where(Message.sent_at >= since, Message.side == Side.OFFICE.value)
    first_reply = (
        select(func.min(reply.sent_at))
        .where(reply.request_id == Request.id, reply.side == Side.OFFICE.value)
        .scalar_subquery()
    )
    found = (
        select(Request.id, Request.kind, Request.topic, first_reply.label("first_reply"))
        .where(Request.id.in_(ended.union(replied)), Request.sent_at.is_not(None))
        .subquery()
    )
    move = RequestTransition
    rows = db.execute(
        select(found.c.id, found.c.kind, found.c.topic, found.c.first_reply, move.act, move.after, move.at)
        .join(move, move.request_id == found.c.id)
        .order_by(found.c.id, move.version)
        .execution_options(yield_per=1000)
    )
    for _id, moves in groupby(rows, key=lambda row: row.id):
        first, *more = moves
        yield first, list(_first_life([first, *more]))


def _first_life(moves: Iterable[Row[tuple[object, ...]]]) -> Iterator[tuple[str, str, datetime]]:
    """Until it was opened again: what is asked anew is another case, and not one that the office could foresee."""
    for row in moves:
        if row.act == Act.REOPEN:
            return
        yield row.act, row.after, row.at
