"""What a contract said from one day to another: its terms, its table of guarantees, and the changes between them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from member_space.domain.acts import ActFamily
from member_space.domain.period import Period
from member_space.models import ContractTerms, Guarantee, GuaranteeTable
from member_space.models.base import period_of, range_of

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


class Heading(StrEnum):
    """The five headings that every French table of guarantees shares since the agreement of 2019, then the rest."""

    HOSPITAL = "hospital"
    DENTAL = "dental"
    OPTICS = "optics"
    HEARING = "hearing"
    EVERYDAY = "everyday"
    OTHER = "other"


_HEADINGS = {
    ActFamily.HOSPITAL: Heading.HOSPITAL,
    ActFamily.DENTAL_CARE: Heading.DENTAL,
    ActFamily.DENTAL_PROSTHESIS: Heading.DENTAL,
    ActFamily.ORTHODONTICS: Heading.DENTAL,
    ActFamily.OPTICS: Heading.OPTICS,
    ActFamily.HEARING: Heading.HEARING,
    **dict.fromkeys(
        (
            ActFamily.CONSULTATION,
            ActFamily.SPECIALIST,
            ActFamily.MEDICAL_ACT,
            ActFamily.PHARMACY,
            ActFamily.BIOLOGY,
            ActFamily.IMAGING,
            ActFamily.AUXILIARY,
            ActFamily.PSYCHOLOGY,
            ActFamily.EQUIPMENT,
            ActFamily.TRANSPORT,
        ),
        Heading.EVERYDAY,
    ),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A value and the day since which it holds without a break."""

    value: Any
    since: date


@dataclass(frozen=True, slots=True)
class GuaranteeLine:
    """What is paid for one kind of care; amounts in cents, ``percent`` of the base with the Sécu's share included."""

    label: str
    heading: Heading
    since: date
    percent: int | None
    amount: int | None
    real_cost: bool
    cap: int | None
    frequency: str | None


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
class Version:
    table_id: int
    rank: int
    period: Period
    line: GuaranteeLine


@dataclass(frozen=True, slots=True)
class History:
    """The terms of a contract by date, and every version of the lines of their tables."""

    terms: tuple[Terms, ...]
    versions: tuple[Version, ...]

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

    def table_on(self, day: date) -> tuple[tuple[Heading, tuple[GuaranteeLine, ...]], ...]:
        """The guarantees in force, by heading; a line is dated from the day when this contract had it."""
        lines = [
            replace(version.line, since=max(version.line.since, terms.period.start))
            for terms in self.terms
            for version in self.versions
            if terms.period.contains(day) and version.table_id == terms.table_id and version.period.contains(day)
        ]
        grouped = ((heading, tuple(line for line in lines if line.heading is heading)) for heading in Heading)
        return tuple((heading, found) for heading, found in grouped if found)

    def changes(self) -> Iterator[Change]:
        """Every change of a fact, and of a line inside a table while the contract had it: to change of table is
        one change of the terms."""
        for old, new in pairwise(self.terms):
            for name in TERMS:
                if old.values[name] != new.values[name]:
                    yield Change(new.period.start, ChangeKind.TERMS, name, old.values[name], new.values[name])
        before: Version | None = None
        for version in self.versions:
            same = before and (before.table_id, before.rank) == (version.table_id, version.rank)
            if self._changes_inside(version):
                old_line = before.line if before and same else None
                yield Change(version.period.start, ChangeKind.GUARANTEE, version.line.label, old_line, version.line)
            before = version

    def _changes_inside(self, version: Version) -> bool:
        day = version.period.start
        return any(
            terms.table_id == version.table_id and terms.period.start < day and terms.period.contains(day)
            for terms in self.terms
        )


def history_of(db: Session, contract_id: int, period: Period) -> History:
    """All of it, in two statements."""
    terms = _terms_of(db, contract_id, period)
    return History(terms, _guarantees_of(db, {one.table_id for one in terms if one.table_id}))


def heading_of(family: str) -> Heading:
    """Under which heading of the table a family of care stands; an unknown family is not lost, it comes last."""
    return _HEADINGS.get(ActFamily(family), Heading.OTHER) if family in set(ActFamily) else Heading.OTHER


def _terms_of(db: Session, contract_id: int, period: Period) -> tuple[Terms, ...]:
    """The terms of a contract by date, cut to its period."""
    rows = db.execute(
        select(ContractTerms, GuaranteeTable.label)
        .outerjoin(GuaranteeTable, GuaranteeTable.id == ContractTerms.guarantee_table_id)
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


def _guarantees_of(db: Session, tables: set[int]) -> tuple[Version, ...]:
    """Every version of the lines of these tables, in the order of the tables."""
    if not tables:
        return ()
    rows = db.scalars(
        select(Guarantee)
        .where(Guarantee.guarantee_table_id.in_(tables))
        .order_by(Guarantee.guarantee_table_id, Guarantee.line, func.lower(Guarantee.period).nulls_first())
    )
    return tuple(
        Version(
            row.guarantee_table_id,
            row.line,
            period_of(row.period),
            GuaranteeLine(
                label=row.label,
                heading=heading_of(row.family),
                since=row.period.lower or date.min,
                percent=row.percent,
                amount=row.amount,
                real_cost=row.real_cost,
                cap=row.cap,
                frequency=row.frequency,
            ),
        )
        for row in rows
    )
