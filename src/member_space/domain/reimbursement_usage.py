"""What earlier acts of a person already took of each cap, and the deductions still to be recovered."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import NamedTuple, TypeAlias

from member_space.domain.guarantee import Basket
from member_space.domain.money import Money

CARE, LUMP = "care", "lump"
"""What our caps and our yearly lump sums count: by act, since a line is known by its table alone."""
RENEWAL = "renewal"
"""An equipment that is renewed, by its family."""
STAY = "stay"
"""Days in a hospital: as many as the use has units, from its day on."""
_ONE_DAY = timedelta(days=1)


class Ours(NamedTuple):
    """What of ours is counted: its ``kind``, and the act (for a renewal, the family) with its basket."""

    kind: str
    act_code: str
    basket: Basket | None = None


Key: TypeAlias = str | Ours
"""What is counted. A text for what the fund counts: ``participation``, ``franchise``, ``franchise_act``, ``stay``…"""


class Used(NamedTuple):
    """So much of a cap, on a day."""

    key: Key
    day: date
    amount: Money
    units: int = 0


class Usage:
    """Sums by year and by day of what the fund counts, each use of what we do. One a person; only ``add`` changes it.

    ``deferred``: deductions that the fund could not keep on earlier lines (``domain.reimbursement``), in cents.
    """

    __slots__ = ("_by_day", "_by_year", "_stays", "_uses", "deferred")

    def __init__(self, uses: Iterable[Used] = (), deferred: Money = 0) -> None:
        self._by_year: dict[tuple[str, int], Money] = defaultdict(int)
        self._by_day: dict[tuple[str, date], Money] = defaultdict(int)
        self._uses: dict[str, dict[Ours, list[Used]]] = {}
        self._stays: list[tuple[date, date]] = []
        self.deferred = deferred
        for use in uses:
            self.add(use)

    def add(self, use: Used) -> None:
        """One more use."""
        key, day, amount, units = use
        if isinstance(key, Ours):
            self._uses.setdefault(key.kind, {}).setdefault(key, []).append(use)
        elif key == STAY:
            self._stays.append((day, day + (units - 1) * _ONE_DAY))
        else:
            self._by_year[key, day.year] += amount
            self._by_day[key, day] += amount

    def in_year(self, key: str, day: date) -> Money:
        """What the fund counted in the civil year of that day."""
        return self._by_year.get((key, day.year), 0)

    def on_day(self, key: str, day: date) -> Money:
        """What the fund counted on that day."""
        return self._by_day.get((key, day), 0)

    def in_stay(self, key: str, day: date) -> Money:
        """What the fund counted over the hospital stay that the day is in; on the day alone when it is in none."""
        first, last = self._stay_of(day)
        return sum(self.on_day(key, first + n * _ONE_DAY) for n in range((last - first).days + 1))

    def keys_of(self, kind: str) -> Collection[Ours]:
        """Everything of that kind that was used."""
        return self._uses.get(kind, {}).keys()

    def uses_of(self, key: Ours) -> tuple[Used, ...]:
        """Each use of what we count, in the order in which they came."""
        return tuple(self._uses.get(key.kind, {}).get(key, ()))

    def _stay_of(self, day: date) -> tuple[date, date]:
        """The first and the last day of a stay; stays that follow each other are one."""
        stays: list[tuple[date, date]] = []
        for first, last in sorted(self._stays):
            if stays and first <= stays[-1][1] + _ONE_DAY:
                stays[-1] = stays[-1][0], max(stays[-1][1], last)
            else:
                stays.append((first, last))
        return next((one for one in stays if one[0] <= day <= one[1]), (day, day))


def counted(uses: Iterable[Used], after: date, until: date) -> tuple[Money, int]:
    """Amount and count of the uses after one day and up to another."""
    kept = [use for use in uses if after < use.day <= until]
    return sum(use.amount for use in kept), sum(use.units for use in kept)
