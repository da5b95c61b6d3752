"""A quote in figures: its lines as they are typed, and what each would give (fact sheet 4.4).

An estimate is kept as it was told, with the state of its ceilings: what is paid later is compared with it. Amounts are
integer cents.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from member_space.domain.money import Money
from member_space.domain.reimbursement import ZeroReason

VERSION = 1
"""Of the form in which an estimate is kept."""
MOST_LINES = 20
"""Lines of one quote: a whole mouth takes fewer."""
MOST_PRICE: Money = 50_000_000
"""500 000 €: above any stay in hospital."""
MOST_TIMES = 366


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One line of a quote. ``care``: code of a CareChoice; ``label``: its name when it was typed, in French.

    ``price``, ``base``: of all the acts of the line; ``base`` None: as in our tables. ``frame_price``: the frame's part
    of the price of glasses. ``sector``: key of ``services.simulator_words.SECTORS``. The pathway is respected: a quote
    is asked for before the care, from whom one was sent to.
    """

    care: str
    label: str
    price: Money
    quantity: int = 1
    frame_price: Money | None = None
    base: Money | None = None
    sector: str = "1"


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A cap of the guarantee that pays. ``measure``, ``period``: values of domain.allowance.Measure and CapPeriod.
    ``per``: what a count counts, a value of domain.guarantee.Per; None: times.

    ``limit``, ``used_before``, ``used_after``: cents for an amount, else how many; ``again_on``: when what is used
    begins to come back.
    """

    label: str
    measure: str
    period: str
    limit: int
    used_before: int
    used_after: int
    again_on: date | None = None
    per: str | None = None

    @property
    def left_before(self) -> int:
        return max(0, self.limit - self.used_before)

    @property
    def left_after(self) -> int:
        return max(0, self.limit - self.used_after)


@dataclass(frozen=True, slots=True)
class Option:
    """The 100 % Santé alternative at its price limit; ``price`` and ``rest`` None: our tables lack a figure of it."""

    label: str
    price: Money | None = None
    rest: Money | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """What estimates add up to."""

    price: Money = 0
    amo: Money = 0
    ours: Money = 0
    rest: Money = 0


@dataclass(frozen=True, slots=True)
class LineEstimate:
    """What a line would give. ``amo`` + ``ours`` + ``rest`` = ``price``, else ValueError.

    ``base`` None: the fund refunds nothing. ``zero_reason``: a ZeroReason where our part is 0. ``guarantee``,
    ``article``: the line of the table that pays, None when none does. Where what an adult used is his own business,
    ``ceilings`` is empty and a ``zero_reason`` that would tell of it None. ``day``: of care; ``computed_on``: when it
    was computed.
    """

    price: Money
    base: Money | None
    amo: Money
    ours: Money
    rest: Money
    zero_reason: str | None
    guarantee: str | None
    article: str | None
    ceilings: tuple[Ceiling, ...]
    option: Option | None
    table_label: str
    day: date
    computed_on: date

    def __post_init__(self) -> None:
        if self.amo + self.ours + self.rest != self.price:
            raise ValueError(f"{self.amo} + {self.ours} + {self.rest} is not {self.price}")

    def without_ceilings(self) -> "LineEstimate":
        """For a reader to whom what the person already used is closed: nor is he told that a cap is reached."""
        told = None if self.zero_reason == ZeroReason.CAP_REACHED else self.zero_reason
        return replace(self, ceilings=(), zero_reason=told)

    def to_json(self) -> dict[str, Any]:
        """Plain values, dates in ISO form; ``from_json`` reads them back."""
        return {"version": VERSION} | {name: _plain(value) for name, value in asdict(self).items()}


def from_json(kept: Mapping[str, Any]) -> LineEstimate:
    """What ``LineEstimate.to_json`` wrote. Raises ValueError for another version, or amounts that do not add up."""
    if kept.get("version") != VERSION:
        raise ValueError(f"an estimate of version {kept.get('version')!r}")
    values = {name: value for name, value in kept.items() if name != "version"}
    ceilings = tuple(Ceiling(**one | {"again_on": _day(one["again_on"])}) for one in values["ceilings"])
    option = Option(**values["option"]) if values["option"] else None
    days = {name: date.fromisoformat(values[name]) for name in ("day", "computed_on")}
    return LineEstimate(**values | days | {"ceilings": ceilings, "option": option})


def totals_of(estimates: Iterable[LineEstimate]) -> Totals:
    """All of them together; zero for none."""
    kept = tuple(estimates)
    return Totals(*(sum(getattr(one, name) for one in kept) for name in ("price", "amo", "ours", "rest")))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
