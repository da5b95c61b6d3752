"""The reference tables: what a row is, how it is read, and which one is in force on a day.

The tables are ``reference/*.csv`` (UTF-8, ``;``, one header line), so that the office corrects a tariff without code.
Dates are ISO, both included, an empty end is open; ``2000-01-01`` starts what was in force before our oldest line. A
start that the source does not tell is said so in it: « recalled » or « assumed ».

A tariff's ``act_code`` is an act, or ``rate:<kind>`` for the rates that acts name (``rate:exemption`` for those of an
exempt patient), or ``rule:<name>`` for what is no act (participation, franchises, ceilings). Its value is cents;
hundredths of a percent for a rate and for a share (of the base); a number of times for a count; months for a renewal;
for a threshold, what its condition names (an age, a coefficient), else cents. Confidence: C primary source, C2
secondary source only, R recalled and to be checked before any claim, D derived by arithmetic or illustrative. The
source « fact sheet » is the trade's sheet of autumn 2026 that the first tables were typed from.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from member_space.domain.acts import ActFamily
from member_space.domain.guarantee import Basket
from member_space.domain.period import Period, first_overlap

Row = Mapping[str, str]
T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


class ReferenceDataError(ValueError):
    """A row that cannot be used, with its line in the file (the header is line 1) and the reason."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


class ActNature(StrEnum):
    """The list that an act comes from; ``local`` acts are ours, unknown to the funds."""

    NGAP = "NGAP"
    CCAM = "CCAM"
    BIOLOGY = "NABM"
    PHARMACY = "pharmacy"
    LPP = "LPP"
    TRANSPORT = "transport"
    HOSPITAL = "hospital"
    LOCAL = "local"


class Deduction(StrEnum):
    """What the fund keeps on an act; the amounts are the tariffs ``rule:<value>``."""

    NONE = ""
    PARTICIPATION = "participation"
    FRANCHISE_BOX = "franchise_box"
    FRANCHISE_ACT = "franchise_act"
    FRANCHISE_TRANSPORT = "franchise_transport"


class TariffKind(StrEnum):
    """What a figure is."""

    BASE = "base"
    RATE = "rate"
    FEE = "fee"
    DEDUCTION = "deduction"
    CAP_DAY = "cap_day"
    CAP_YEAR = "cap_year"
    COUNT_YEAR = "count_year"
    COPAYMENT = "copayment"
    THRESHOLD = "threshold"
    PRICE_LIMIT = "price_limit"
    CEILING = "ceiling"
    MINIMUM = "minimum"
    SHARE = "share"
    RENEWAL = "renewal"


class AgeRule(StrEnum):
    """What an age is asked for."""

    ACCOUNT = "account"
    ADULT = "adult"


class Confidence(StrEnum):
    """How sure we are of a figure."""

    PRIMARY = "C"
    SECONDARY = "C2"
    RECALLED = "R"
    DERIVED = "D"


@dataclass(frozen=True, slots=True)
class Regime:
    """A grand régime: two digits and its name."""

    code: str
    label: str
    period: Period


@dataclass(frozen=True, slots=True)
class FamilyLabel:
    """The French name of a family and its rank on screen."""

    family: ActFamily
    label: str
    position: int
    period: Period


@dataclass(frozen=True, slots=True)
class Act:
    """An act of care. ``rate_kind``: the tariff ``rate:<kind>`` of the fund, empty when it pays nothing.

    ``basket``: of a dental act whose code is of one basket; None for all others, glasses and hearing aids included, as
    their code is the same in each class.
    """

    code: str
    label: str
    family: ActFamily
    rate_kind: str
    deduction: Deduction
    nature: ActNature
    period: Period
    basket: Basket | None = None


@dataclass(frozen=True, slots=True)
class Tariff:
    """A dated figure. ``condition``: the case it is for (an age, a speciality, a class), empty for the ordinary one."""

    act_code: str
    what: TariffKind
    condition: str
    value: int
    period: Period
    source: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Age:
    """From how many years on, on the days of its period."""

    rule: AgeRule
    years: int
    period: Period
    source: str
    confidence: Confidence


def read_rows(lines: Iterable[str]) -> list[Row]:
    """The rows of a table from its lines of text. Raises ReferenceDataError for a row of another width."""
    reader = csv.DictReader(lines, delimiter=";", strict=True)
    rows: list[Row] = []
    for row in reader:
        if None in row or None in row.values():
            raise ReferenceDataError(reader.line_num, f"{len(reader.fieldnames or ())} columns are expected")
        rows.append(row)
    return rows


def load_regimes(rows: Iterable[Row]) -> list[Regime]:
    """Columns code, label, starts_on, ends_on. Raises ReferenceDataError."""
    regimes = _each(rows, lambda row: Regime(_text(row, "code"), _text(row, "label"), _period(row)))
    _refuse_twice(regimes, lambda regime: regime.code)
    return regimes


def load_families(rows: Iterable[Row]) -> list[FamilyLabel]:
    """Columns code, label_fr, position, starts_on, ends_on. Raises ReferenceDataError."""
    families = _each(
        rows,
        lambda row: FamilyLabel(
            _choice(row, "code", ActFamily), _text(row, "label_fr"), _integer(row, "position"), _period(row)
        ),
    )
    _refuse_twice(families, lambda family: family.family)
    return families


def load_acts(rows: Iterable[Row]) -> list[Act]:
    """Columns code, label, family, rate_kind, deduction, nature, basket, starts_on, ends_on.

    Raises ReferenceDataError.
    """
    acts = _each(
        rows,
        lambda row: Act(
            _text(row, "code"),
            _text(row, "label"),
            _choice(row, "family", ActFamily),
            row["rate_kind"],
            _choice(row, "deduction", Deduction),
            _choice(row, "nature", ActNature),
            _period(row),
            _choice(row, "basket", Basket) if row["basket"] else None,
        ),
    )
    _refuse_twice(acts, lambda act: act.code)
    return acts


def within_families(acts: list[Act], families: Iterable[FamilyLabel]) -> list[Act]:
    """The same acts. Raises ReferenceDataError for one that is in force on a day when its family is not."""
    periods = {family.family: family.period for family in families}
    for line, act in enumerate(acts, start=2):
        if act.family not in periods or not periods[act.family].covers(act.period):
            raise ReferenceDataError(line, f"the family {act.family} is not in force on all the days of {act.code}")
    return acts


def load_tariffs(rows: Iterable[Row]) -> list[Tariff]:
    """Columns act_code, what, condition, value, starts_on, ends_on, source, confidence.

    Raises ReferenceDataError, also when two rows of one figure share a day: one version is in force a day.
    """
    tariffs = _each(
        rows,
        lambda row: Tariff(
            _text(row, "act_code"),
            _choice(row, "what", TariffKind),
            row["condition"],
            _integer(row, "value"),
            _period(row),
            _text(row, "source"),
            _choice(row, "confidence", Confidence),
        ),
    )
    periods: dict[tuple[str, str, str], list[Period]] = defaultdict(list)
    for line, tariff in enumerate(tariffs, start=2):
        figure = (tariff.act_code, tariff.what, tariff.condition)
        periods[figure].append(tariff.period)
        if first_overlap(periods[figure]):
            raise ReferenceDataError(line, f"{' '.join(filter(None, figure))} already has a value on these days")
    return tariffs


def load_ages(rows: Iterable[Row]) -> list[Age]:
    """Columns rule, age, starts_on, ends_on, source, confidence.

    Raises ReferenceDataError, also when two rows of one rule share a day.
    """
    ages = _each(
        rows,
        lambda row: Age(
            _choice(row, "rule", AgeRule),
            _integer(row, "age"),
            _period(row),
            _text(row, "source"),
            _choice(row, "confidence", Confidence),
        ),
    )
    for line, age in enumerate(ages, start=2):
        if first_overlap(one.period for one in ages[: line - 1] if one.rule is age.rule):
            raise ReferenceDataError(line, f"{age.rule} already has an age on these days")
    return ages


def age_in_force(ages: Iterable[Age], rule: AgeRule, day: date) -> int:
    """The years of that rule on that day. Raises ValueError for a day before the oldest row of it."""
    for age in ages:
        if age.rule is rule and age.period.contains(day):
            return age.years
    raise ValueError(f"no age of {rule} on {day}")


def _each(rows: Iterable[Row], make: Callable[[Row], T]) -> list[T]:
    """One object a row; whatever is wrong in a row is told with its line."""
    made = []
    for line, row in enumerate(rows, start=2):
        try:
            made.append(make(row))
        except KeyError as error:
            raise ReferenceDataError(line, f"column {error.args[0]} is missing") from error
        except ValueError as error:
            raise ReferenceDataError(line, str(error)) from error
    return made


def _refuse_twice(items: Iterable[T], key: Callable[[T], str]) -> None:
    seen: set[str] = set()
    for line, item in enumerate(items, start=2):
        if key(item) in seen:
            raise ReferenceDataError(line, f"{key(item)} is there twice")
        seen.add(key(item))


def _text(row: Row, column: str) -> str:
    if not row[column].strip():
        raise ValueError(f"{column} is empty")
    return row[column].strip()


def _choice(row: Row, column: str, choices: type[E]) -> E:
    try:
        return choices(row[column])
    except ValueError:
        raise ValueError(f"{column} is {row[column]!r}, expected one of {', '.join(choices)}") from None


def _integer(row: Row, column: str) -> int:
    if not (row[column].isascii() and row[column].isdecimal()):
        raise ValueError(f"{column} is {row[column]!r}, expected a whole number")
    return int(row[column])


def _day(row: Row, column: str) -> date:
    try:
        return date.fromisoformat(row[column])
    except ValueError:
        raise ValueError(f"{column} is {row[column]!r}, expected a date such as 2026-03-01") from None


def _period(row: Row) -> Period:
    return Period(_day(row, "starts_on"), _day(row, "ends_on") if row["ends_on"] else None)
