"""The synthesis of twelve months: what we paid, to whom, for whom and for which care (S-HCR-21, 22)."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Date, Select, any_, bindparam, case, cast, func, null, select
from sqlalchemy.orm import Session

from member_space.domain.acts import ActFamily
from member_space.domain.reimbursement import PayeeKind, Synthesis
from member_space.models import ActFamilyRow, Payment, Statement, StatementLine
from member_space.models.base import IDS
from member_space.services.care_line import among, shapes, values_of
from member_space.services.household import Household

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Month:
    """What was paid in one calendar month of the period, named by its first day."""

    first: date
    paid: Synthesis


@dataclass(frozen=True, slots=True)
class Share:
    """What was paid for one person or one family of care; label None: care that stays its person's own."""

    label: str | None
    paid: Synthesis


@dataclass(frozen=True, slots=True)
class TwelveMonths:
    """From ``since`` to ``until``, both in. ``months``, ``persons`` and ``families`` each sum up to ``total``.

    ``months`` are calendar months: thirteen, the first and the last in part, unless today ends one.
    """

    since: date
    until: date
    total: Synthesis
    months: list[Month]
    persons: list[Share]
    families: list[Share]


def twelve_months_to(today: date) -> date:
    """The first day of the twelve months that end today: the day after the same day last year (S-HCR-21, C24)."""
    day_after = today + timedelta(days=1)
    try:
        return day_after.replace(year=day_after.year - 1)
    except ValueError:  # 29 February
        return date(day_after.year - 1, 3, 1)


def synthesis_of(db: Session, household: Household) -> TwelveMonths:
    """What was paid in the last twelve months for the persons that the viewer sees; one statement, grouped."""
    since, until = twelve_months_to(household.today), household.today
    rows = list(
        db.execute(_paid_by_group(**shapes(household)), values_of(household) | {"since": since, "until": until})
    )
    household.note(row.person_id for row in rows)
    paid = [_paid(row) for row in rows]
    months = _sums((row.month for row in rows), paid)
    persons = _sums((row.person_id for row in rows), paid)
    families = _sums((row.shown_family for row in rows), paid)
    labels = {row.shown_family: row.label or row.shown_family for row in rows}
    return TwelveMonths(
        since=since,
        until=until,
        total=sum(paid, Synthesis()),
        months=[Month(first, months.get(first, Synthesis())) for first in _first_days(since, until)],
        persons=[Share(m.first_name, persons[m.person_id]) for m in household.persons() if m.person_id in persons],
        families=[Share(labels[family], families[family]) for family in sorted(families, key=_position)],
    )


_PAID = (
    select(
        cast(func.date_trunc("month", Payment.paid_on), Date).label("month"),
        StatementLine.person_id,
        (Payment.payee == PayeeKind.INSURED).label("to_insured"),
        func.sum(StatementLine.our_share).label("amount"),
    )
    .select_from(Payment)
    .join(Statement, Statement.payment_id == Payment.id)
    .join(StatementLine, StatementLine.statement_id == Statement.id)
    .group_by("month", StatementLine.person_id, "to_insured", "shown_family", ActFamilyRow.label)
)


@lru_cache(256)
def _paid_by_group(visible: int, open: int, closed: int) -> Select[Any]:  # noqa: A002 - names of the sets of pairs
    line = StatementLine
    opened = among("open", open, line.contract_id, line.person_id)
    # The family of closed care does not leave the database, so no group can tell it.
    family = case((opened, line.family), else_=null()) if closed else line.family
    return (
        _PAID.add_columns(family.label("shown_family"), ActFamilyRow.label)
        .outerjoin(ActFamilyRow, ActFamilyRow.code == family)
        .where(
            Payment.contract_id == any_(bindparam("contracts", type_=IDS)),
            Payment.paid_on.between(bindparam("since", type_=Date), bindparam("until", type_=Date)),
            among("visible", visible, line.contract_id, line.person_id),
        )
    )


def _paid(row: Any) -> Synthesis:
    amount = int(row.amount)
    return Synthesis(to_insured=amount) if row.to_insured else Synthesis(to_third_parties=amount)


def _sums(keys: Iterable[Key], paid: Iterable[Synthesis]) -> dict[Key, Synthesis]:
    sums: dict[Key, Synthesis] = {}
    for key, amount in zip(keys, paid, strict=True):
        sums[key] = sums.get(key, Synthesis()) + amount
    return sums


def _first_days(since: date, until: date) -> list[date]:
    """The first day of each calendar month of the period, the oldest first."""
    return [_month(number) for number in range(_number(since), _number(until) + 1)]


def _number(day: date) -> int:
    """The rank of a day's month among all months."""
    return day.year * 12 + day.month - 1


def _month(number: int) -> date:
    """The first day of the month of this rank."""
    return date(number // 12, number % 12 + 1, 1)


def _position(family: str | None) -> int:
    """Rank on screen; care that stays its person's own comes last."""
    known = list(ActFamily)
    return known.index(ActFamily(family)) if family in set(known) else len(known) + (family is None)
