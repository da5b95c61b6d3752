"""The reimbursements of a household: the list with its filters, its totals and its pages."""

import operator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session

from member_space.domain.cursor import Cursor
from member_space.domain.money import Money
from member_space.domain.reimbursement import PayeeKind
from member_space.domain.text import fold
from member_space.models import Payment, Statement, StatementLine
from member_space.services.care_line import CareLine, among, lines_seen, read_lines, shapes, values_of
from member_space.services.household import Household

PAGE = 20
MOST = bindparam("most", type_=BigInteger)
"""How many rows a list takes at most."""
SHORTEST_REFERENCE = 4
_SUMS = ("fee", "amo_net", "other_insurer", "our_share", "member_share")
_TOTALS = select(
    func.count(StatementLine.id).label("lines"),
    func.array_agg(StatementLine.person_id.distinct()).label("people"),
    *(func.coalesce(func.sum(getattr(StatementLine, name)), 0).label(name) for name in _SUMS),
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Days and amounts in cents that a list keeps, first and last both in; None keeps all."""

    since: date | None = None
    until: date | None = None
    least: Money | None = None
    most: Money | None = None


@dataclass(frozen=True, slots=True)
class LineFilter(Bounds):
    """What the list of care keeps; None or empty keeps all.

    The bounds are those of the day of care, and of the fee or of our share: people know one or the other.
    ``words``: each of them in the nature of care, or a part of the reference of the statement or of the transfer.
    """

    person_id: int | None = None
    family: str | None = None
    act: str | None = None
    to_insured: bool | None = None
    words: str = ""


EVERYTHING = LineFilter()


@dataclass(frozen=True, slots=True)
class Totals:
    """The number of lines kept by a filter and the sums of their amounts, in cents."""

    lines: int
    fee: Money
    amo_net: Money
    other_insurer: Money
    our_share: Money
    member_share: Money


@dataclass(frozen=True, slots=True)
class LinePage:
    """One page of lines, the latest care first, and where to go on from: None when there is nothing that way."""

    lines: list[CareLine]
    newer: Cursor | None
    older: Cursor | None


@lru_cache(256)
def _totals_seen(visible: int) -> Select[Any]:
    return _TOTALS.where(among("visible", visible, StatementLine.contract_id, StatementLine.person_id))


@lru_cache(256)
def _latest_lines(visible: int, hidden: int) -> Select[Any]:
    place = (StatementLine.care_date.desc(), StatementLine.id.desc())
    return lines_seen(visible, hidden).order_by(*place).limit(MOST)


def kept_by(kept: LineFilter, household: Household) -> list[ColumnElement[bool]]:
    """The conditions of a filter. By family, act or a word of the nature of care, only the lines whose nature the
    viewer may see can answer; by a reference, those whose amounts he may see."""
    if kept == EVERYTHING:
        return []
    line = StatementLine
    is_open = among("open", shapes(household)["open"], line.contract_id, line.person_id)
    conditions: list[ColumnElement[bool]] = []
    if kept.person_id is not None:
        conditions.append(line.person_id == kept.person_id)
    if kept.family is not None:
        conditions.append(and_(line.family == kept.family, is_open))
    if kept.act is not None:
        conditions.append(and_(line.act_code == kept.act, is_open))
    if kept.to_insured is not None:
        conditions.append((Statement.payee == PayeeKind.INSURED) == kept.to_insured)
    if kept.since or kept.until:
        conditions.append(within(line.care_date, kept.since, kept.until))
    if kept.least is not None or kept.most is not None:
        amounts = (line.fee, line.our_share)
        conditions.append(or_(*(within(amount, kept.least, kept.most) for amount in amounts)))
    return conditions + _words_found(fold(kept.words).split(), is_open)


def within(value: Any, first: Any, last: Any) -> ColumnElement[bool]:
    """Whether a column's value is between these two, both in; None bounds nothing."""
    bounds = ((operator.ge, first), (operator.le, last))
    return and_(true(), *(holds(value, bound) for holds, bound in bounds if bound is not None))


def _words_found(words: list[str], is_open: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    """Each folded word in the nature of care, or in a reference of the statement or of its transfer.

    References are looked at only for a good part of one, digits in it, or « d » and « 1 » would find every line.
    """
    places: list[tuple[ColumnElement[bool], Any]] = [(is_open, StatementLine.search_text)]
    if any(len(word) >= SHORTEST_REFERENCE and any(char.isdigit() for char in word) for word in words):
        places += [(true(), func.lower(Statement.reference)), (true(), func.lower(Payment.reference))]
    return [or_(*(and_(seen, text.contains(word, autoescape=True)) for seen, text in places)) for word in words]


def latest_lines(db: Session, household: Household, limit: int) -> list[CareLine]:
    """The latest care, one statement."""
    shape = shapes(household)
    query = _latest_lines(shape["visible"], shape["closed"])
    return read_lines(household, db.execute(query, values_of(household) | {"most": limit}))


def page_of_lines(
    db: Session,
    household: Household,
    kept: LineFilter,
    *,
    before: Cursor | None = None,
    after: Cursor | None = None,
    most: int = PAGE,
) -> LinePage:
    """The page older than ``before``, or newer than ``after``, or the first, of ``most`` lines; one statement whatever
    the history."""
    shape = shapes(household)
    query = _latest_lines(shape["visible"], shape["closed"])
    conditions = kept_by(kept, household)
    if conditions:
        query = query.where(*conditions)
    place = (StatementLine.care_date, StatementLine.id)
    rows, newer, older = take_page(db, query, values_of(household), place, before, after, most)
    lines = read_lines(household, rows)
    return LinePage(lines, lines[0].cursor if lines and newer else None, lines[-1].cursor if lines and older else None)


def take_page(
    db: Session,
    query: Select[Any],
    values: dict[str, Any],
    place: tuple[Any, Any],
    before: Cursor | None,
    after: Cursor | None,
    most: int = PAGE,
) -> tuple[list[Row[Any]], bool, bool]:
    """A page of rows, latest first, and whether there are newer and older ones; by cursor, never by offset.

    ``query``: ordered latest first and limited to `MOST`; ``place``: the day and the number that order it.
    """
    if after is not None:
        query = query.where(tuple_(*place) > (after.day, after.id)).order_by(None).order_by(*place)
    elif before is not None:
        query = query.where(tuple_(*place) < (before.day, before.id))
    rows = list(db.execute(query, values | {"most": most + 1}))
    more, rows = len(rows) > most, rows[:most]
    return (rows[::-1], more, True) if after is not None else (rows, before is not None, more)


def totals_of(db: Session, household: Household, kept: LineFilter) -> Totals:
    """The totals of all that the filter keeps, by the same conditions as its pages."""
    conditions = kept_by(kept, household)
    query = _totals_seen(shapes(household)["visible"])
    if conditions:
        query = query.where(*conditions)
    if kept.to_insured is not None or kept.words:
        query = query.join(Statement, Statement.id == StatementLine.statement_id)
        query = query.outerjoin(Payment, Payment.id == Statement.payment_id)
    values = dict(db.execute(query, values_of(household)).one()._mapping)
    household.note(values.pop("people") or ())
    return Totals(**{name: int(value) for name, value in values.items()})
