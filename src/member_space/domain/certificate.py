"""What an insurer certifies of a cover, and whether it still holds (capability C34)."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum

from member_space.domain.period import ONE_DAY, Period

PORTABILITY_MONTHS = 12
"""Article L. 911-8 of the Code de la sécurité sociale: as long as the last contract of employment, a year at most."""

Covers = Mapping[int, Sequence[Period]]
"""By person, the periods of his cover by one contract."""


class CertificateKind(StrEnum):
    """``ADHESION``: who is covered today. ``RADIATION``: who is not any more. ``PORTABILITY``: whose cover goes on
    after a job ended, as the engine of contracts says."""

    ADHESION = "adhesion"
    RADIATION = "radiation"
    PORTABILITY = "portability"


def longest_portability(start: date) -> date:
    """The last day that a portability which begins on this one can have."""
    year = start.year + (start.month - 1 + PORTABILITY_MONTHS) // 12
    month = (start.month - 1 + PORTABILITY_MONTHS) % 12 + 1
    try:
        return date(year, month, start.day) - ONE_DAY
    except ValueError:  # the 29th of February of a year that has none
        return date(year, month, 28)


def certified(kind: CertificateKind, covers: Covers, portability: Period | None, today: date) -> dict[int, Period]:
    """Each person of whom this can be certified today, with the period that it tells; empty: it is not given.

    ``portability``: the days of it that the contract has, with its end.
    """
    found: dict[int, Period] = {}
    for person_id, periods in covers.items():
        if kind is CertificateKind.ADHESION:
            told = next((one for one in periods if one.contains(today)), None)
        elif kind is CertificateKind.RADIATION:
            told = _last_ended(periods, today)
        else:
            told = _kept(periods, portability, today)
        if told is not None:
            found[person_id] = told
    return found


def still_holds(
    kind: CertificateKind, told: Mapping[int, Period], covers: Covers, portability: Period | None, today: date
) -> dict[int, bool]:
    """Of each person of a certificate, whether what it told is so today.

    An end that was corrected since is no more what was told; the end of a cover that goes on was not.
    """
    now = certified(kind, covers, portability, today)
    return {
        person_id: person_id in now and (kind is CertificateKind.ADHESION or now[person_id].end == period.end)
        for person_id, period in told.items()
    }


def last_day(periods: Sequence[Period], today: date) -> date | None:
    """The last day of a cover that is over; None while it goes on, or when it never was."""
    ended = _last_ended(periods, today)
    return ended.end if ended else None


def _last_ended(periods: Sequence[Period], today: date) -> Period | None:
    if any(one.contains(today) for one in periods):
        return None
    ended = [one for one in periods if one.end is not None and one.end < today]
    return max(ended, key=lambda one: one.start, default=None)


def _kept(periods: Sequence[Period], portability: Period | None, today: date) -> Period | None:
    """The days of the portability on which the person is covered, until its last day is over."""
    if portability is None or portability.end is None or portability.end < today:
        return None
    for one in periods:
        if one.overlaps(portability):
            end = min(portability.end, one.end or portability.end)
            return Period(max(one.start, portability.start), end) if end >= today else None
    return None
