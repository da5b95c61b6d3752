"""A year of care: for each person and heading, who paid what and what was left (C62).

By the day of care, as the list of reimbursements is filtered: the sums here are the sums of that list. They are made in
the database: as many statements for one line of care as for a million.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Date, Integer, Select, bindparam, case, cast, extract, func, null, select
from sqlalchemy.orm import Session

from member_space.domain.care_heading import heading_of
from member_space.domain.events import EventKind
from member_space.domain.guarantee import Heading
from member_space.domain.money import Money
from member_space.models import StatementLine
from member_space.services.care_line import among, shapes, values_of
from member_space.services.events import record
from member_space.services.household import Household
from member_space.services.sessions import Identity
from member_space.services.tools import Origin


@dataclass(frozen=True, slots=True)
class Paid:
    """Sums in cents; the fee is the sum of the four others, to the cent."""

    lines: int = 0
    fee: Money = 0
    amo_net: Money = 0
    other_insurer: Money = 0
    our_share: Money = 0
    member_share: Money = 0

    def __add__(self, other: "Paid") -> "Paid":
        return Paid(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Paid)))


@dataclass(frozen=True, slots=True)
class HeadingYear:
    """``heading``: None for the care of an adult who keeps its nature to himself."""

    heading: Heading | None
    paid: Paid


@dataclass(frozen=True, slots=True)
class PersonYear:
    """The headings of one person in their order; their sum is ``total``."""

    name: str
    headings: tuple[HeadingYear, ...]
    total: Paid


@dataclass(frozen=True, slots=True)
class YearSummary:
    """``years``: those with care that the viewer sees, the latest first, and always the one asked for."""

    year: int
    years: tuple[int, ...]
    until: date
    persons: tuple[PersonYear, ...]
    total: Paid

    @property
    def has_closed(self) -> bool:
        """Whether the nature of some care is not shown."""
        return any(one.heading is None for person in self.persons for one in person.headings)


def year_summary(db: Session, household: Household, year: int) -> YearSummary:
    """The year of everybody whom the viewer sees, in the order of the card; two statements.

    Of the year under way, until today.
    """
    values = values_of(household)
    first, last = date(year, 1, 1), date(year, 12, 31)
    rows = db.execute(_by_family(**shapes(household)), values | {"first": first, "last": last}).all()
    household.note(row.person_id for row in rows)
    years = db.scalars(_years(shapes(household)["visible"]), values).all()
    found: dict[int, dict[Heading | None, Paid]] = {}
    for row in rows:
        headings = found.setdefault(row.person_id, {})
        heading = None if row.shown_family is None else heading_of(row.shown_family)
        headings[heading] = headings.get(heading, Paid()) + Paid(*(int(getattr(row, name)) for name in _NAMES))
    persons = tuple(
        _person(member.name, found[member.person_id]) for member in household.persons() if member.person_id in found
    )
    return YearSummary(
        year,
        tuple(sorted({*years, year}, reverse=True)),
        min(last, max(first, household.today)),
        persons,
        _sum(one.total for one in persons),
    )


def note_export(db: Session, identity: Identity, summary: YearSummary, extension: str, origin: Origin) -> None:
    """Write in the journal that the year left as a file of this kind."""
    record(
        db,
        EventKind.REIMBURSEMENTS_EXPORTED,
        actor_account_id=identity.account_id,
        subject_person_id=identity.person_id,
        origin=origin,
        details={"year": summary.year, "format": extension},
    )


_NAMES = tuple(one.name for one in fields(Paid))
_POSITIONS = {heading: position for position, heading in enumerate((*Heading, None))}


def _person(name: str, headings: dict[Heading | None, Paid]) -> PersonYear:
    ordered = sorted(headings, key=lambda heading: _POSITIONS[heading])
    rows = tuple(HeadingYear(heading, headings[heading]) for heading in ordered)
    return PersonYear(name, rows, _sum(row.paid for row in rows))


def _sum(amounts: Iterable[Paid]) -> Paid:
    return sum(amounts, Paid())


_SUMS = select(
    StatementLine.person_id,
    func.count(StatementLine.id).label("lines"),
    *(func.sum(getattr(StatementLine, name)).label(name) for name in _NAMES[1:]),
)


@lru_cache(256)
def _by_family(visible: int, open: int, closed: int) -> Select[Any]:  # noqa: A002 - names of the sets of pairs
    line = StatementLine
    opened = among("open", open, line.contract_id, line.person_id)
    # The family of closed care does not leave the database, so no group can tell it.
    family = case((opened, line.family), else_=null()) if closed else line.family
    return (
        _SUMS.add_columns(family.label("shown_family"))
        .where(among("visible", visible, line.contract_id, line.person_id))
        .where(line.care_date.between(bindparam("first", type_=Date), bindparam("last", type_=Date)))
        .group_by(line.person_id, "shown_family")
    )


@lru_cache(256)
def _years(visible: int) -> Select[Any]:
    year = cast(extract("year", StatementLine.care_date), Integer)
    return select(year).distinct().where(among("visible", visible, StatementLine.contract_id, StatementLine.person_id))
