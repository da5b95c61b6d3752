"""Periods of days, as contracts and tariffs have them: first and last day both in, the last one possibly open."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From ``start`` to ``end``, both included; ``end`` None when nothing ends it.

    Raises ValueError when the end is before the start. PostgreSQL keeps the half-open form: ``before`` is its upper
    bound and ``from_bounds`` reads it back.
    """

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError("a period ends on its first day at the earliest")

    @classmethod
    def from_bounds(cls, start: date, before: date | None) -> "Period":
        """From a half-open range ``[start, before)``. Raises ValueError when it is empty."""
        return cls(start, before - ONE_DAY if before is not None else None)

    @property
    def before(self) -> date | None:
        """The first day after the period; None when it is open (or ends with the calendar)."""
        return None if self.end is None or self.end == date.max else self.end + ONE_DAY

    def contains(self, day: date) -> bool:
        """Whether the day is in."""
        return self.start <= day and (self.end is None or day <= self.end)

    def overlaps(self, other: "Period") -> bool:
        """Whether a day is in both."""
        return (self.end is None or other.start <= self.end) and (other.end is None or self.start <= other.end)

    def covers(self, other: "Period") -> bool:
        """Whether every day of the other is in."""
        return self.start <= other.start and (self.end is None or (other.end is not None and other.end <= self.end))


def first_overlap(periods: Iterable[Period]) -> tuple[Period, Period] | None:
    """Two periods that share a day, the first such pair by date; None when each day has at most one."""
    ordered: Sequence[Period] = sorted(periods, key=lambda period: period.start)
    return next((pair for pair in pairwise(ordered) if pair[0].overlaps(pair[1])), None)


def breaks_of(periods: Iterable[Period]) -> set[date]:
    """The first day of each period and the first one after it: between two of these days, the same ones are in."""
    days: set[date] = set()
    for period in periods:
        days.add(period.start)
        if period.before:
            days.add(period.before)
    return days
