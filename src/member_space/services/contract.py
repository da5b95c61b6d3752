"""A contract as it stands on a day: every fact with its date of effect, and what changed over time (C29)."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Date, any_, bindparam, func, select
from sqlalchemy.orm import Session

from member_space.domain.guarantee import Basket, GuaranteeTable, Heading
from member_space.domain.period import Period
from member_space.domain.reference import Act
from member_space.models import Contract, ContractTerms, Person
from member_space.models.base import IDS, period_of
from member_space.services.contract_history import (
    Change,
    ChangeKind,
    Fact,
    Promise,
    history_of,
)
from member_space.services.household import Household, HouseholdMember


class Moment(StrEnum):
    """Where the day asked for stands in the time that the viewer may read."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Covered:
    """A person covered by a contract, as the viewer may see him."""

    name: str
    relation: str
    birth_date: date
    period: Period


@dataclass(frozen=True, slots=True)
class ContractSummary:
    """A contract in the list. ``plan``: its level of cover on its last known day up to today, None when unknown."""

    public_id: uuid.UUID
    number: str
    member_number: str
    product: str
    period: Period
    plan: str | None
    is_over: bool
    covered: tuple[Covered, ...]


@dataclass(frozen=True, slots=True)
class ContractSheet:
    """All that a viewer may read of a contract on the day ``on``. ``window``: the days he may read, the whole
    contract for its holder, his own coverage for anybody else. ``table``: what the engine computes with."""

    public_id: uuid.UUID
    number: str
    member_number: str
    product: str
    holder_name: str
    viewer_is_holder: bool
    period: Period
    window: Period
    on: date
    moment: Moment
    terms: dict[str, Fact]
    covered: tuple[Covered, ...]
    guarantees: tuple[tuple[Heading, tuple[Promise, ...]], ...]
    table: GuaranteeTable | None
    changes: tuple[Change, ...]


# Built once: building it costs more than running it.
_SUMMARIES = select(
    *(Contract.id, Contract.public_id, Contract.number, Contract.member_number, Contract.product_label),
    Contract.period,
    select(ContractTerms.plan_label)
    .where(ContractTerms.contract_id == Contract.id, func.lower(ContractTerms.period) <= bindparam("today", type_=Date))
    .order_by(func.lower(ContractTerms.period).desc())
    .limit(1)
    .scalar_subquery(),
).where(Contract.id == any_(bindparam("contracts", type_=IDS)))


def contracts_of(db: Session, household: Household) -> list[ContractSummary]:
    """Every contract of the household, the ones in force first, then the latest; one statement."""
    rows = db.execute(_SUMMARIES, {"contracts": household.contract_ids, "today": household.today})
    found = []
    for contract_id, public_id, number, member_number, product, column, plan in rows:
        period = period_of(column)
        over = period.end is not None and period.end < household.today
        day = max(period.start, min(household.today, period.end or date.max))
        covered = _covered_on(household, contract_id, day)
        found.append(ContractSummary(public_id, number, member_number, product, period, plan, over, covered))
    return sorted(found, key=lambda one: (one.is_over, -one.period.start.toordinal(), one.number))


def contract_sheet(db: Session, household: Household, contract_id: int, asked: date | None = None) -> ContractSheet:
    """The contract as it stands on the day asked for, or on the day nearest to today that the viewer may read.

    ``contract_id`` must be one of the household's. Three statements.
    """
    contract, holder = db.execute(
        select(Contract, Person).join(Person, Person.id == Contract.holder_id).where(Contract.id == contract_id)
    ).one()
    period = period_of(contract.period)
    is_holder = contract.holder_id == household.viewer_id
    members = [member for member in household.members if member.contract_id == contract_id]
    window = period if is_holder else _span([period_of(member.period) for member in members])
    on = asked or max(window.start, min(household.today, window.end or date.max))
    moment = Moment.BEFORE if on < window.start else Moment.DURING if window.contains(on) else Moment.AFTER

    # A past day is shown as it was: what came after it was not known then. What is to come is told today.
    last = on if asked and on < household.today else date.max

    history = history_of(db, contract_id, period)
    known = [*_ends_of(window), *history.changes(), *_changes_of_persons(members, window)]
    changes = [change for change in known if window.contains(change.on) and change.on <= last]
    return ContractSheet(
        public_id=contract.public_id,
        number=contract.number,
        member_number=contract.member_number,
        product=contract.product_label,
        holder_name=f"{holder.first_name} {holder.last_name}",
        viewer_is_holder=is_holder,
        period=period,
        window=window,
        on=on,
        moment=moment,
        terms=history.facts_on(on) if moment is Moment.DURING else {},
        covered=_covered_on(household, contract_id, on),
        guarantees=history.table_on(on) if moment is Moment.DURING else (),
        table=history.table_of(on) if moment is Moment.DURING else None,
        changes=tuple(
            sorted((one for one in changes if window.contains(one.on) and one.on <= last), key=_latest_first)
        ),
    )


def _covered_on(household: Household, contract_id: int, day: date) -> tuple[Covered, ...]:
    """Who is covered that day among those whom the viewer sees, in the order of the card."""
    seen = [(member, period_of(member.period)) for member in household.members if member.contract_id == contract_id]
    covered = [(member, period) for member, period in seen if period.contains(day)]
    household.note(member.person_id for member, _period in covered)
    return tuple(Covered(member.name, member.relation, member.birth_date, period) for member, period in covered)


def _span(periods: Sequence[Period]) -> Period:
    """From the first day of all to the last one."""
    ends = [period.end for period in periods]
    return Period(min(period.start for period in periods), None if None in ends else max(end for end in ends if end))


def _ends_of(window: Period) -> Iterator[Change]:
    yield Change(window.start, ChangeKind.STARTS)
    if window.end:
        yield Change(window.end, ChangeKind.ENDS)


def _changes_of_persons(members: Sequence[HouseholdMember], window: Period) -> Iterator[Change]:
    """Who came and left after the first day and before the last one; those two days speak for themselves."""
    for member in members:
        covered = period_of(member.period)
        if covered.start > window.start:
            yield Change(covered.start, ChangeKind.JOINS, member.name)
        if covered.end and covered.end != window.end:
            yield Change(covered.end, ChangeKind.LEAVES, member.name)


def _latest_first(change: Change) -> tuple[int, str, str]:
    return -change.on.toordinal(), change.kind, change.what


def promises_for(sheet: ContractSheet, act: Act) -> tuple[tuple[Heading, tuple[Promise, ...]], ...]:
    """The lines of the sheet that are closest to this act, under their headings: one of each basket where the line
    depends on it, as the price of glasses does; none when it is not covered."""
    baskets = [act.basket] if act.basket else [None, *Basket]
    kept: set[int] = set()
    for basket in baskets:
        close = {
            promise.line.rank: promise.line.precision(act.code, act.family, basket, sheet.on)
            for _heading, promises in sheet.guarantees
            for promise in promises
        }
        best = max(close.values(), default=0)
        kept |= {rank for rank, precision in close.items() if precision == best > 0}
    found = [
        (heading, tuple(promise for promise in promises if promise.line.rank in kept))
        for heading, promises in sheet.guarantees
    ]
    return tuple((heading, promises) for heading, promises in found if promises)
