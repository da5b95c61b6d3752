"""What earlier acts of a person already took of each cap, and the deductions still to be recovered."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple, TypeAlias

from member_space.domain.money import Money

Key: TypeAlias = str | tuple[str, int | str]
"""What is counted: ``participation``, ``franchise``, ``franchise_act``, … for the fund; ``("line", rank)`` and
``("lump", rank)`` for a line of the guarantee table; ``("renewal", family)`` for an equipment."""


class Used(NamedTuple):
    """So much of a cap, on a day."""

    key: Key
    day: date
    amount: Money
    units: int = 0


class Usage:
    """Sums by year and by day, and each use of the caps that roll. One a person; ``add`` is its only change.

    ``deferred``: deductions that the fund could not keep on earlier lines (``domain.reimbursement``), in cents.
    """

    __slots__ = ("_by_day", "_by_year", "_uses", "deferred")

    def __init__(self, uses: Iterable[Used] = (), deferred: Money = 0) -> None:
        self._by_year: dict[tuple[Key, int], Money] = defaultdict(int)
        self._by_day: dict[tuple[Key, date], Money] = defaultdict(int)
        self._uses: dict[Key, list[Used]] = defaultdict(list)
        self.deferred = deferred
        for use in uses:
            self.add(use)

    def add(self, use: Used) -> None:
        """One more use."""
        key, day, amount, _ = use
        if type(key) is tuple:
            self._uses[key].append(use)
        else:
            self._by_day[key, day] += amount
        self._by_year[key, day.year] += amount

    def in_year(self, key: Key, day: date) -> Money:
        """Taken in the civil year of that day."""
        return self._by_year.get((key, day.year), 0)

    def on_day(self, key: Key, day: date) -> Money:
        """What the fund took on that day."""
        return self._by_day.get((key, day), 0)

    def between(self, key: Key, after: date, until: date) -> tuple[Money, int]:
        """Amount and count used after one day and up to another."""
        uses = [use for use in self._uses.get(key, ()) if after < use.day <= until]
        return sum(use.amount for use in uses), sum(use.units for use in uses)

    def uses_of(self, key: Key) -> tuple[Used, ...]:
        """Each use of a cap that rolls, in the order in which they came."""
        return tuple(self._uses.get(key, ()))
