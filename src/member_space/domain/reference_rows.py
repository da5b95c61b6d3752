"""Reading of the reference tables (`domain.reference`): rows of text into what they say, or the line that is wrong."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

from member_space.domain.acts import ActFamily
from member_space.domain.guarantee import Basket
from member_space.domain.period import Period, first_overlap
from member_space.domain.reference import (
    Act,
    ActNature,
    Age,
    AgeRule,
    Confidence,
    Deduction,
    FamilyLabel,
    Regime,
    Tariff,
    TariffKind,
)

Row = Mapping[str, str]
T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


class ReferenceDataError(ValueError):
    """A row that cannot be used, with its line in the file (the header is line 1) and the reason."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


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
