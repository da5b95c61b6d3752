"""What a contract said from one day to another: its terms, its table of guarantees, and the changes between them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from member_space.domain.guarantee import GuaranteeLine, GuaranteeTable, Heading
from member_space.domain.period import Period
from member_space.models import ContractTerms
from member_space.models import GuaranteeTable as TableRow
from member_space.models.base import range_of
from member_space.services.guarantee import tables_by_id

TERMS = ("plan_label", "table_label", "amc_number", "amc_name", "csr", "convention_type", "responsible")
"""The facts of a contract that may change from one day to another, in the order of the page."""


class ChangeKind(StrEnum):
    """What happened to a contract on a day."""

    STARTS = "starts"
    ENDS = "ends"
    TERMS = "terms"
    GUARANTEE = "guarantee"
    JOINS = "joins"
    LEAVES = "leaves"


@dataclass(frozen=True, slots=True)
class Fact:
    """A value and the day since which it holds without a break."""

    value: Any
    since: date


@dataclass(frozen=True, slots=True)
class Promise:
    """A line in force, and the day since which the contract has it."""

    line: GuaranteeLine
    since: date


@dataclass(frozen=True, slots=True)
class Change:
    """A dated fact. ``what``: a name of TERMS, a person's name or a guarantee's label; ``before`` and ``after``: the
    values (GuaranteeLine for a guarantee), None where there was or is nothing."""

    on: date
    kind: ChangeKind
    what: str = ""
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True)
class Terms:
    period: Period
    table_id: int | None
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class History:
    """The terms of a contract by date, and their tables with every version of their lines."""

    terms: tuple[Terms, ...]
    tables: Mapping[int, GuaranteeTable]

    def facts_on(self, day: date) -> dict[str, Fact]:
        """Each fact of TERMS in force, since the first day of the unbroken run of rows that say the same; empty when
        nothing is known of that day."""
        current = next((n for n, terms in enumerate(self.terms) if terms.period.contains(day)), None)
        if current is None:
            return {}
        return {name: Fact(self.terms[current].values[name], self._since(current, name)) for name in TERMS}

    def _since(self, current: int, name: str) -> date:
        since = self.terms[current].period.start
        for earlier in reversed(self.terms[:current]):
            if earlier.period.before != since or earlier.values[name] != self.terms[current].values[name]:
                break
            since = earlier.period.start
        return since

    def table_on(self, day: date) -> tuple[tuple[Heading, tuple[Promise, ...]], ...]:
        """The guarantees in force, by heading; a line is dated from the day when this contract had it."""
        promises = [
            Promise(line, max(line.period.start, terms.period.start))
            for terms in self.terms
            if terms.period.contains(day)
            for line in self._lines_of(terms)
            if line.period.contains(day)
        ]
        grouped = ((heading, tuple(one for one in promises if one.line.heading is heading)) for heading in Heading)
        return tuple((heading, found) for heading, found in grouped if found)

    def table_of(self, day: date) -> GuaranteeTable | None:
        """The whole table of that day, as responsible as the contract says that it is."""
        terms = next((one for one in self.terms if one.period.contains(day)), None)
        table = self.tables.get(terms.table_id) if terms and terms.table_id else None
        return replace(table, responsible=terms.values["responsible"]) if terms and table else None

    def _lines_of(self, terms: Terms) -> Sequence[GuaranteeLine]:
        table = self.tables.get(terms.table_id) if terms.table_id else None
        return table.lines if table else ()

    def changes(self) -> Iterator[Change]:
        """Every change of a fact, and of a line inside a table while the contract had it: to change of table is
        one change of the terms."""
        for old, new in pairwise(self.terms):
            for name in TERMS:
                if old.values[name] != new.values[name]:
                    yield Change(new.period.start, ChangeKind.TERMS, name, old.values[name], new.values[name])
        for table_id, table in self.tables.items():
            before: GuaranteeLine | None = None
            for line in table.lines:
                if self._changes_inside(table_id, line.period.start):
                    same = before if before and before.rank == line.rank else None
                    yield Change(line.period.start, ChangeKind.GUARANTEE, line.label, same, line)
                before = line

    def _changes_inside(self, table_id: int, day: date) -> bool:
        return any(
            terms.table_id == table_id and terms.period.start < day and terms.period.contains(day)
            for terms in self.terms
        )


def history_of(db: Session, contract_id: int, period: Period) -> History:
    """All of it, in two statements."""
    terms = _terms_of(db, contract_id, period)
    return History(terms, tables_by_id(db, {one.table_id for one in terms if one.table_id}))


def _terms_of(db: Session, contract_id: int, period: Period) -> tuple[Terms, ...]:
    """The terms of a contract by date, cut to its period."""
    rows = db.execute(
        select(ContractTerms, TableRow.label)
        .outerjoin(TableRow, TableRow.id == ContractTerms.guarantee_table_id)
        .where(ContractTerms.contract_id == contract_id, ContractTerms.period.overlaps(range_of(period)))
        .order_by(func.lower(ContractTerms.period).nulls_first())
    ).all()
    return tuple(
        Terms(
            Period.from_bounds(max(terms.period.lower or date.min, period.start), terms.period.upper),
            terms.guarantee_table_id,
            {name: table if name == "table_label" else getattr(terms, name) for name in TERMS},
        )
        for terms, table in rows
    )
