"""Bank transfers: which lines and statements each of them pays (C57, C58)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, any_, bindparam, func, select, true
from sqlalchemy.orm import Session, aliased

from member_space.domain.cursor import Cursor
from member_space.domain.money import Money
from member_space.domain.reimbursement import PayeeKind
from member_space.models import Payment, Statement, StatementLine
from member_space.models.base import IDS
from member_space.services.care_line import (
    CareLine,
    Payee,
    among,
    line_query,
    payee_name_for,
    read_lines,
    shapes,
    values_of,
)
from member_space.services.first_payment import is_first
from member_space.services.household import Household
from member_space.services.reimbursement import MOST, Bounds, take_page, within
from member_space.services.statement import payee_of


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer. ``amount``: the part of it that pays the lines its viewer sees, so all of it for a holder."""

    id: int
    public_id: UUID
    contract_id: int
    reference: str
    paid_on: date
    payee: Payee
    payee_name: str | None
    iban_last4: str | None
    amount: Money
    statements: int
    first_to_account: bool
    """The first to this bank account, when the member was paid to another one before (C154)."""

    @property
    def cursor(self) -> Cursor:
        """Its place in the list of transfers."""
        return Cursor(self.paid_on, self.id)


@dataclass(frozen=True, slots=True)
class TransferPage:
    """One page of transfers, the latest first, and where to go on from."""

    transfers: list[Transfer]
    newer: Cursor | None
    older: Cursor | None


def page_of_transfers(
    db: Session,
    household: Household,
    kept: Bounds,
    *,
    before: Cursor | None = None,
    after: Cursor | None = None,
) -> TransferPage:
    """The page older than ``before``, or newer than ``after``, or the first; one statement whatever the history.

    The bounds are those of the day and of the amount as it is shown. No bank statement has a transfer of 0 €.
    """
    query, amount = _transfer_query(household)
    query = query.where(
        amount != 0, within(Payment.paid_on, kept.since, kept.until), within(amount, kept.least, kept.most)
    )
    rows, newer, older = take_page(db, query, values_of(household), (Payment.paid_on, Payment.id), before, after)
    found = [_transfer(household, row) for row in rows]
    return TransferPage(
        found, found[0].cursor if found and newer else None, found[-1].cursor if found and older else None
    )


def find_transfer(db: Session, household: Household, public_id: UUID) -> Transfer | None:
    """The transfer of this id that pays at least one line the viewer sees; someone else's is None like no one's."""
    query, _amount = _transfer_query(household)
    row = db.execute(query.where(Payment.public_id == public_id), values_of(household) | {"most": 1}).one_or_none()
    return None if row is None else _transfer(household, row)


def every_transfer(db: Session, household: Household, batch: int) -> Iterator[Transfer]:
    """All of them, the latest first, so many in memory at a time."""
    query, _amount = _transfer_query(household)
    rows = db.execute(query.limit(None), values_of(household), execution_options={"yield_per": batch})
    return (_transfer(household, row) for row in rows)


def lines_of_transfer(db: Session, household: Household, transfer: Transfer) -> list[CareLine]:
    """The lines that it pays, statement by statement."""
    query = (
        line_query(household)
        .where(Statement.payment_id == transfer.id)
        .order_by(Statement.issued_on, Statement.id, StatementLine.rank)
    )
    return read_lines(household, db.execute(query, values_of(household)))


def _transfer(household: Household, row: Any) -> Transfer:
    """A row of `_transfer_query` as its viewer may see it."""
    values = payee_of(household, row._mapping)
    household.note(values.pop("people"))
    return Transfer(**values)


def _transfer_query(household: Household) -> tuple[Select[Any], ColumnElement[Any]]:
    """Transfers with a line that the viewer sees, and the sum of those lines alone, to select by."""
    shape = shapes(household)
    return _transfers_seen(shape["visible"], shape["closed"])


@lru_cache(256)
def _transfers_seen(visible: int, hidden: int) -> tuple[Select[Any], ColumnElement[Any]]:
    statement, line = aliased(Statement), aliased(StatementLine)
    seen = (
        select(func.sum(line.our_share).label("amount"), func.count(statement.id.distinct()).label("statements"))
        .add_columns(func.array_agg(line.person_id.distinct()).label("people"))
        .join(statement, statement.id == line.statement_id)
        .where(statement.payment_id == Payment.id, among("visible", visible, line.contract_id, line.person_id))
        .correlate(Payment)
        .lateral("seen")
    )
    query = (
        select(
            *(Payment.id, Payment.public_id, Payment.contract_id, Payment.reference, Payment.paid_on),
            *(Payment.iban_last4, seen.c.amount, seen.c.statements, seen.c.people),
            (Payment.payee == PayeeKind.INSURED).label("to_insured"),
            payee_name_for(hidden, Payment).label("payee_name"),
            is_first().label("first_to_account"),
        )
        .join(seen, true())
        .where(Payment.contract_id == any_(bindparam("contracts", type_=IDS)), seen.c.statements > 0)
        .order_by(Payment.paid_on.desc(), Payment.id.desc())
        .limit(MOST)
    )
    return query, seen.c.amount
