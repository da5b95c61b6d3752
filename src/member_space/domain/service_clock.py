"""The clock of the office: working time between two instants, less the pauses while a member has the hand.

Everything is computed from the log of a request, so that a change of hours or of holidays computes it again (C109).
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import takewhile

from member_space.domain.opening_hours import OpeningHours

ORANGE_AT, RED_AT = 0.6, 0.9
"""The part of a target from which a request is late to be seen to, then late."""
A_DAY = timedelta(hours=9, minutes=30)
"""A working day, 8:30 to 18:00 (S-HCR-63): targets in days are so many of them."""

Pause = tuple[datetime, datetime]


class Ageing(StrEnum):
    """How much of its target a request has used."""

    FRESH = "fresh"
    ORANGE = "orange"
    RED = "red"
    LATE = "late"


def working_between(hours: OpeningHours, start: datetime, end: datetime) -> timedelta:
    """The open time from `start` to `end`; nothing when the end comes first."""
    # In UTC: two instants of one zone would be subtracted by its wall clock, an hour wrong where it changes.
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    total = timedelta(0)
    for opening, closing in hours.openings(start):
        if opening >= end:
            break
        total += max(timedelta(0), min(closing, end) - max(opening, start))
    return total


def worked(hours: OpeningHours, start: datetime, end: datetime, pauses: Iterable[Pause] = ()) -> timedelta:
    """The same, less the open time of the pauses, which do not overlap each other."""
    total = working_between(hours, start, end)
    return total - sum((working_between(hours, max(a, start), min(b, end)) for a, b in pauses), timedelta(0))


def after_working(hours: OpeningHours, start: datetime, duration: timedelta) -> datetime:
    """The UTC instant at which so much open time has passed since `start`; for none, the next open instant."""
    start, left = start.astimezone(UTC), duration
    for opening, closing in hours.openings(start):
        begin = max(opening, start)
        if begin >= closing:
            continue
        if left < closing - begin or (left == closing - begin and left):
            return begin + left
        left -= closing - begin
    raise ValueError("nothing opens any more")  # openings() never ends where a day of the week is open


def latest_start(hours: OpeningHours, end: datetime, duration: timedelta) -> datetime:
    """The latest UTC instant from which so much open time passes until `end`; for none, `end`: whatever began by then
    has used that much, whatever began later has not."""
    end, back = end.astimezone(UTC), max(duration, timedelta(days=1))
    while working_between(hours, end - back, end) < duration:
        back *= 2
    left = duration
    for opening, closing in reversed([*takewhile(lambda span: span[0] < end, hours.openings(end - back))]):
        closing = min(closing, end)
        if timedelta(0) < left <= closing - opening:
            return closing - left
        left -= closing - opening
    return end


def due_at(hours: OpeningHours, start: datetime, target: timedelta, pauses: Sequence[Pause] = ()) -> datetime:
    """The instant at which `worked` reaches the target; the pauses are in order and do not overlap each other."""
    left = target
    for pause, resumed in pauses:
        before = working_between(hours, start, pause)
        if left <= before:
            break
        left -= before
        start = max(start, resumed)
    return after_working(hours, start, left)


def ageing(used: timedelta, target: timedelta) -> Ageing:
    """The colour of a request that used so much of its target."""
    part = used / target
    if part >= 1:
        return Ageing.LATE
    if part >= RED_AT:
        return Ageing.RED
    return Ageing.ORANGE if part >= ORANGE_AT else Ageing.FRESH
