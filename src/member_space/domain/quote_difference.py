"""Why an invoice leaves more, or less, to pay than the answer to its quote said: causes that add up to the cent (C86).

What was promised is carried along estimates in which one thing changes after another: the guarantee table and the
tariffs of the day of care, then what is left of ceilings since the answer, then the price of the invoice. Each change
is a cause. What the engine does not foresee is what the fund decided, then what we did: an answer may have been
corrected by a handler, and the correction is carried along as it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from member_space.domain.money import Money


class Cause(StrEnum):
    """Why an amount is not the one of the answer; the words are in ``views.quote_difference``."""

    TABLES = "tables"
    CEILINGS = "ceilings"
    PRICE = "price"
    FUND = "fund"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Shares:
    """A price and who pays it, in cents: the fund (« AMO »), us, and the rest. Of a change, what is added to each."""

    price: Money
    amo: Money
    ours: Money

    @property
    def rest(self) -> Money:
        """What the member pays."""
        return self.price - self.amo - self.ours

    def __add__(self, other: "Shares") -> "Shares":
        return Shares(self.price + other.price, self.amo + other.amo, self.ours + other.ours)

    def __sub__(self, other: "Shares") -> "Shares":
        return Shares(self.price - other.price, self.amo - other.amo, self.ours - other.ours)

    def __bool__(self) -> bool:
        return bool(self.price or self.amo or self.ours)

    def held(self) -> "Shares":
        """Without a share below 0, nor more paid than the price: the fund first, then us."""
        price = max(0, self.price)
        amo = min(max(0, self.amo), price)
        return Shares(price, amo, min(max(0, self.ours), price - amo))


NOTHING = Shares(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Shift:
    """A cause and what it changes in each share."""

    cause: Cause
    change: Shares


@dataclass(frozen=True, slots=True)
class Paid:
    """What was paid or decided, in cents. ``price``: None, that of the invoice; ``amo``: None, it is not told."""

    ours: Money
    amo: Money | None = None
    price: Money | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """``promised``: by the answer; ``actual``: what is paid, or what is to be expected; ``shifts``: they add up to the
    difference of the two, in each share."""

    promised: Shares
    actual: Shares
    shifts: tuple[Shift, ...]

    @property
    def more(self) -> Money:
        """What is left to the member beyond what was told; below 0, less is left."""
        return self.actual.rest - self.promised.rest


def difference(
    promised: Shares, answered: Shares, found: Iterable[tuple[Cause, Shares]], paid: Paid | None = None
) -> Difference:
    """What the causes change, those that change nothing left out. ``answered``: the engine's figures as they were told;
    ``found``: the engine's again, each time with one more thing of today; ``paid``: None, nothing is decided yet."""
    changes: dict[Cause, Shares] = {}
    before = promised
    for cause, shares in found:
        now = (promised + (shares - answered)).held()
        changes[cause] = changes.get(cause, NOTHING) + (now - before)
        before = now
    actual = before if paid is None else _actual(before, paid)
    for cause, change in _unforeseen(actual - before):
        changes[cause] = changes.get(cause, NOTHING) + change
    shifts = (Shift(cause, changes[cause]) for cause in Cause if changes.get(cause))
    return Difference(promised, actual, tuple(shifts))


def _actual(expected: Shares, paid: Paid) -> Shares:
    """What is paid; where nobody tells the fund's share, as much of what was expected of it as leaves room for ours."""
    price = expected.price if paid.price is None else paid.price
    amo = min(expected.amo, max(0, price - paid.ours)) if paid.amo is None else paid.amo
    return Shares(price, amo, paid.ours)


def _unforeseen(left: Shares) -> Iterable[tuple[Cause, Shares]]:
    """What no estimate explains. Where we pay more as the fund pays less, or the reverse, ours only follows it."""
    followed = 0
    if left.amo * left.ours < 0:
        most = min(abs(left.amo), abs(left.ours))
        followed = most if left.ours > 0 else -most
    yield Cause.PRICE, Shares(left.price, 0, 0)
    yield Cause.FUND, Shares(0, left.amo, followed)
    yield Cause.OTHER, Shares(0, 0, left.ours - followed)
