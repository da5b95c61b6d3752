"""A guarantee table: what a contract promises, line by line, as the engine of reimbursements reads it.

A table is what the insurer sells (basic, comfort, premium); its lines are dated, so that an act of last year is
computed by what was promised then. A line says which care it is for, what is paid (its formulas, added together), and
the caps on it. What the law adds to a responsible contract (the whole ticket modérateur at least, ceilings, never a
deduction) is no part of a line: those are dated figures of ``reference/tariffs.csv``, applied by the engine.

Amounts are cents, rates hundredths of a percent (``domain.money``): 100 % is 10 000.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from member_space.domain.acts import ActFamily
from member_space.domain.money import Money, Rate
from member_space.domain.period import Period


class Heading(StrEnum):
    """The five headings that all insurers name alike, in their order (agreement of the federations, 2019).

    ``OTHER`` comes after them: prevention, thermal cures, osteopathy, of which the agreement says nothing.
    """

    HOSPITAL = "hospital"
    ROUTINE_CARE = "routine_care"
    DENTAL = "dental"
    OPTICS = "optics"
    HEARING = "hearing"
    OTHER = "other"


class Basket(StrEnum):
    """How free the price of an equipment is (reform « 100 % Santé »).

    ``NO_REST``: dental basket without rest, optics of class A, hearing aids of class I. ``MODERATE``: dental basket of
    which the price is limited. ``FREE``: free dental basket, optics of class B, hearing aids of class II.
    """

    NO_REST = "no_rest"
    MODERATE = "moderate"
    FREE = "free"


class LensClass(StrEnum):
    """The two lenses of a pair of glasses: the legal ceilings depend on them (``rule:responsible``, ``optics_…``)."""

    SIMPLE = "simple"
    MIXED = "mixed"
    SIMPLE_VERY_COMPLEX = "simple_very_complex"
    COMPLEX = "complex"
    COMPLEX_VERY_COMPLEX = "complex_very_complex"
    VERY_COMPLEX = "very_complex"


@dataclass(frozen=True, slots=True)
class BasePercent:
    """« 150 % BR »: a percentage of the fund's base, the fund's own share included.

    ``without_optam``: the percentage for a doctor of sector 2 who did not sign the OPTAM, lower in a responsible
    contract; None where the line makes no difference.
    """

    rate: Rate
    without_optam: Rate | None = None


class Per(StrEnum):
    """What a lump sum is for. Act, session and day are counted by the quantity of the care line (a night is a day)."""

    ACT = "act"
    SESSION = "session"
    DAY = "day"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class LumpSum:
    """« 30 € par séance », « 100 € par an »: an amount beside the fund's share, within what was charged.

    By year, the amount is one for all the care of the line from January to December.
    """

    amount: Money
    per: Per = Per.ACT


@dataclass(frozen=True, slots=True)
class FeePercent:
    """« 80 % des frais réels »: a percentage of what was charged, the fund's share included."""

    rate: Rate


@dataclass(frozen=True, slots=True)
class FullCost:
    """« Frais réels »: all that was charged; in a basket with a price limit, up to that limit (``price_limit``)."""


@dataclass(frozen=True, slots=True)
class OpticsCeilings:
    """Glasses: the most paid for a pair by its lenses, frame and fund's share included, and the frame's part of it.

    Decree on responsible contracts: the frame counts for 100 € at most, and each class of lenses has its ceiling.
    ``by_lenses`` holds each class at most once; a class that is not there is not covered.
    """

    by_lenses: tuple[tuple[LensClass, Money], ...]
    frame: Money

    def of(self, lenses: LensClass) -> Money:
        """The ceiling of a pair with these lenses, 0 for a class that the line does not name."""
        return dict(self.by_lenses).get(lenses, 0)


Formula: TypeAlias = BasePercent | LumpSum | FeePercent | FullCost | OpticsCeilings


class CapPeriod(StrEnum):
    """Over what a cap is counted, for each beneficiary.

    ``CIVIL_YEAR`` is January to December; two and four years roll back from the day of care. ``RENEWAL`` is the legal
    delay between two equipments (``rule:responsible``, ``renewal``): by age for glasses, 4 years for hearing aids;
    a change of sight ends it early.
    """

    SESSION = "session"
    DAY = "day"
    CIVIL_YEAR = "civil_year"
    TWO_YEARS = "two_years"
    FOUR_YEARS = "four_years"
    RENEWAL = "renewal"


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that a line pays over a period: an amount, a count (acts, sessions, days, equipments), or both.

    Raises ValueError for a cap that says neither.
    """

    period: CapPeriod
    amount: Money | None = None
    count: int | None = None

    def __post_init__(self) -> None:
        if self.amount is None and self.count is None:
            raise ValueError("a cap says an amount or a count")


@dataclass(frozen=True, slots=True)
class GuaranteeLine:
    """One line of a table.

    ``rank``: its identity over time in the table (a new value is a new dated line of the same rank), and its place on
    screen. ``label`` is French; ``article``: the article of the contract that says it. The line is for the acts of
    ``acts`` where it names some, else for those of ``families``; of one ``basket`` alone where it names one. What it
    pays is the sum of ``formulas``, each of another kind, then limited by each of ``caps``. A line without formula
    says « non couvert ».
    """

    rank: int
    heading: Heading
    label: str
    article: str
    period: Period
    families: frozenset[ActFamily] = frozenset()
    acts: frozenset[str] = frozenset()
    basket: Basket | None = None
    formulas: tuple[Formula, ...] = ()
    caps: tuple[Cap, ...] = ()

    def precision(self, act_code: str, family: ActFamily, basket: Basket | None, day: date) -> int:
        """How closely the line is about this care: 0 not at all, 1 its family, 3 the act; 1 more for its basket."""
        if not self.period.contains(day) or (self.basket is not None and self.basket != basket):
            return 0
        closeness = (3 if act_code in self.acts else 0) if self.acts else (1 if family in self.families else 0)
        return closeness + (self.basket is not None) if closeness else 0


class AmbiguousTableError(ValueError):
    """Two lines of a table are as close to the same care; the message names them."""


@dataclass(frozen=True, slots=True)
class GuaranteeTable:
    """A product's guarantees. ``responsible``: the contract respects the limits of article L. 871-1."""

    code: str
    label: str
    responsible: bool
    lines: tuple[GuaranteeLine, ...]

    def line_for(self, act_code: str, family: ActFamily, basket: Basket | None, day: date) -> GuaranteeLine | None:
        """The line closest to this care on that day: its act before its family, its basket before any; None: not
        covered. Raises AmbiguousTableError when two are as close."""
        best = 0
        closest: list[GuaranteeLine] = []
        for line in self.lines:
            precision = line.precision(act_code, family, basket, day)
            if precision and precision >= best:
                closest = [*closest, line] if precision == best else [line]
                best = precision
        if len(closest) > 1:
            ranks = ", ".join(str(line.rank) for line in closest)
            raise AmbiguousTableError(f"table {self.code}, lines {ranks}: each is for {act_code} on {day:%d/%m/%Y}")
        return closest[0] if closest else None
