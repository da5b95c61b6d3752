"""The delays of a complaint that the supervisor of insurers (ACPR) asks for, counted from its sending (C118).

An acknowledgement within ten working days, an answer within two months. « Jours ouvrables » are every day but Sundays
and holidays: Saturdays count, so these dates come before those of the office's own week.
"""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

TO_ACKNOWLEDGE = 10
"""Working days."""
MONTHS_TO_ANSWER = 2
SUNDAY = 6


class Delay(StrEnum):
    """What the law waits for."""

    ACKNOWLEDGEMENT = "acknowledgement"
    ANSWER = "answer"


NEAR = {Delay.ACKNOWLEDGEMENT: timedelta(days=4), Delay.ANSWER: timedelta(days=15)}
"""So long before its end a delay is shown to whoever handles requests."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A delay that is near its end, or past it; ``by``: its last day."""

    delay: Delay
    by: date
    past: bool


def acknowledge_by(sent_on: date, is_holiday: Callable[[date], bool]) -> date:
    """The last day on which it may be acknowledged; that of the sending does not count."""
    day, left = sent_on, TO_ACKNOWLEDGE
    while left:
        day += timedelta(days=1)
        left -= day.weekday() != SUNDAY and not is_holiday(day)
    return day


def answer_by(sent_on: date) -> date:
    """The last day on which it may be answered: the same of the second month after, or the last of that month."""
    months = sent_on.year * 12 + sent_on.month - 1 + MONTHS_TO_ANSWER
    year, month = divmod(months, 12)
    return date(year, month + 1, min(sent_on.day, monthrange(year, month + 1)[1]))


def alarm_of(delays: dict[Delay, date], today: date) -> Alarm | None:
    """Of the delays still running, the first that is near; None when there is time."""
    near = [(by, delay) for delay, by in delays.items() if today >= by - NEAR[delay]]
    if not near:
        return None
    by, delay = min(near)
    return Alarm(delay, by, today > by)
