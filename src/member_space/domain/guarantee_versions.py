"""How the versions of a guarantee table follow each other: one is in force a day, the next one closes it.

A version is what the whole table says from a day on. The lines that it repeats keep their own first day: a line is
cut where it changes, not where its table does.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from member_space.domain.guarantee import GuaranteeLine
from member_space.domain.period import Period

_UNDATED = Period(date.min)


class VersionError(ValueError):
    """A version cannot take its place among those that are known. ``day``: of the version that is in the way."""

    def __init__(self, day: date) -> None:
        super().__init__(f"{type(self).__name__}: {day.isoformat()}")
        self.day = day


class InForceError(VersionError):
    """It would change days of a version that has begun: what was computed with it would be no longer true."""


class GapError(VersionError):
    """It leaves days without a version, the first of which is ``day``."""


@dataclass(frozen=True, slots=True)
class Version:
    """What a table says from ``start`` on, until the next version; no line: the table has ended."""

    start: date
    lines: frozenset[GuaranteeLine]

    @classmethod
    def of(cls, start: date, lines: Iterable[GuaranteeLine]) -> "Version":
        """A version of these lines, whatever their periods."""
        return cls(start, frozenset(replace(line, period=_UNDATED) for line in lines))


def versions_of(lines: Sequence[GuaranteeLine]) -> list[Version]:
    """The versions that dated lines make, by date; an end without a new version is an empty one."""
    bounds = {line.period.start for line in lines} | {line.period.before for line in lines if line.period.before}
    return [Version.of(day, (line for line in lines if line.period.contains(day))) for day in sorted(bounds)]


def dated_lines(versions: Sequence[Version]) -> list[GuaranteeLine]:
    """The lines of versions, each over the longest run of days on which it says the same; by rank then by date."""
    found: list[GuaranteeLine] = []
    open_since: dict[GuaranteeLine, date] = {}
    for version, following in zip(versions, [*versions[1:], None], strict=True):
        for line in version.lines:
            open_since.setdefault(line, version.start)
        staying = following.lines if following else frozenset()
        for line in [line for line in open_since if line not in staying]:
            end = following.start if following else None
            found.append(replace(line, period=Period.from_bounds(open_since.pop(line), end)))
    return sorted(found, key=lambda line: (line.rank, line.period.start))


def next_versions(known: Sequence[Version], told: Sequence[Version], today: date) -> list[Version]:
    """The versions of a table, by date, once those of a file are told over those that are known.

    ``told`` ends by an empty version when the file says a last day. What it does not tell stays: earlier versions, and
    those known to begin after its last one. A version that has not begun may be told otherwise; a new one may begin
    in the past if it is later than all that have begun (a file comes in some days late). Raises InForceError for any
    other change of a day before, and GapError.
    """
    first, last = told[0].start, told[-1].start
    after = [version for version in known if version.start > last]
    following = next((version for version in known if version.start == last), None)
    if following and not told[-1].lines:  # its last day is the eve of a version that is known
        told, after = told[:-1], [following, *after]
    before = [version for version in known if version.start < first]
    if before and not before[-1].lines:
        raise GapError(before[-1].start)
    wanted = [*before, *told, *after]
    _refuse_gaps(wanted)
    if known:
        begun = max((version.start for version in known if version.lines and version.start <= today), default=None)
        days = sorted({version.start for version in [*known, *wanted] if version.start >= known[0].start})
        changed = next((day for day in days if _lines_on(known, day) != _lines_on(wanted, day)), None)
        if begun and changed and changed <= begun:
            raise InForceError(begun)
    return [wanted[0], *(one for before_it, one in pairwise(wanted) if one.lines != before_it.lines)]


def _refuse_gaps(versions: Sequence[Version]) -> None:
    for version, following in pairwise(versions):
        if not version.lines and following.lines:
            raise GapError(version.start)


def _lines_on(versions: Sequence[Version], day: date) -> frozenset[GuaranteeLine]:
    place = bisect_right([version.start for version in versions], day)
    return versions[place - 1].lines if place else frozenset()
