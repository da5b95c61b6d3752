"""One statement (décompte) as its viewer may see it."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, exists, select
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.domain.money import Money
from member_space.domain.reimbursement import PayeeKind
from member_space.models import Contract, Payment, Person, Statement, StatementLine
from member_space.services.care_line import (
    CareLine,
    Payee,
    among,
    is_held,
    lines_seen,
    payee_name_for,
    payee_seen,
    read_lines,
    shapes,
    values_of,
)
from member_space.services.events import record
from member_space.services.household import Household
from member_space.services.sessions import Identity
from member_space.services.tools import Origin

SUMMED = (
    *("fee", "base", "amo_gross", "participation", "franchise", "deferred", "amo_net", "other_insurer"),
    *("our_share", "member_share"),
)
"""The columns of a statement that have a total, in the order of the page."""


@dataclass(frozen=True, slots=True)
class StatementHead:
    """What identifies a statement. ``iban_last4``: for the holder, and never for a payee whose name he may not see."""

    id: int
    public_id: UUID
    contract_id: int
    contract_number: str
    member_number: str
    holder_name: str
    reference: str
    issued_on: date
    payee: Payee
    payee_name: str | None
    paid_on: date | None
    payment_id: UUID | None
    payment_reference: str | None
    iban_last4: str | None


@dataclass(frozen=True, slots=True)
class StatementSheet:
    """A statement with the lines that its viewer may see; ``totals`` by name of column are the sums of those lines,
    None for a column of which a line keeps its amount to itself."""

    head: StatementHead
    lines: list[CareLine]
    totals: dict[str, Money | None]

    @property
    def has_closed_lines(self) -> bool:
        """Whether the nature of some care is not shown."""
        return not all(line.is_open for line in self.lines)


def find_statement(db: Session, household: Household, public_id: UUID) -> StatementHead | None:
    """The statement of this id with at least one line that the viewer may see; someone else's is None like no one's."""
    shape = shapes(household)
    query = _head_seen(shape["visible"], shape["closed"])
    row = db.execute(query, values_of(household) | {"statement": public_id}).one_or_none()
    return None if row is None else StatementHead(**payee_of(household, row._mapping))


# Built once a shape of household: building them costs more than running them.
@lru_cache(256)
def _head_seen(visible: int, hidden: int) -> Select[Any]:
    line = StatementLine
    seen = exists().where(
        line.statement_id == Statement.id, among("visible", visible, line.contract_id, line.person_id)
    )
    return (
        select(
            Statement.id,
            Statement.public_id,
            Statement.contract_id,
            Contract.number.label("contract_number"),
            Contract.member_number,
            (Person.first_name + " " + Person.last_name).label("holder_name"),
            Statement.reference,
            Statement.issued_on,
            (Statement.payee == PayeeKind.INSURED).label("to_insured"),
            payee_name_for(hidden, Statement).label("payee_name"),
            Payment.paid_on,
            Payment.public_id.label("payment_id"),
            Payment.reference.label("payment_reference"),
            Payment.iban_last4,
        )
        .join(Contract, Contract.id == Statement.contract_id)
        .join(Person, Person.id == Contract.holder_id)
        .outerjoin(Payment, Payment.id == Statement.payment_id)
        .where(Statement.public_id == bindparam("statement"), seen)
    )


@lru_cache(256)
def _lines_of_one(visible: int, hidden: int) -> Select[Any]:
    query = lines_seen(visible, hidden).where(StatementLine.statement_id == bindparam("statement"))
    return query.order_by(StatementLine.rank)


@lru_cache(256)
def _one_line(visible: int, hidden: int) -> Select[Any]:
    here = (Statement.public_id == bindparam("statement"), StatementLine.rank == bindparam("rank"))
    return lines_seen(visible, hidden).where(*here)


def payee_of(household: Household, row: Any) -> dict[str, Any]:
    """The columns of a statement or a transfer with its payee, and the account paid, as the viewer may know them."""
    values = dict(row)
    values["payee"] = payee_seen(household, values["contract_id"], values.pop("to_insured"))
    if values["payee_name"] is None or not is_held(household, values["contract_id"]):
        values["iban_last4"] = None
    return values


def read_statement(db: Session, household: Household, head: StatementHead) -> StatementSheet:
    """Its lines in the order of the statement, one SQL statement."""
    shape = shapes(household)
    query = _lines_of_one(shape["visible"], shape["closed"])
    return sheet_of(head, read_lines(household, db.execute(query, values_of(household) | {"statement": head.id})))


def find_line(db: Session, household: Household, statement_id: UUID, rank: int) -> CareLine | None:
    """The line of this rank of the statement of this id, if the viewer may see it, one SQL statement."""
    shape = shapes(household)
    query = _one_line(shape["visible"], shape["closed"])
    values = values_of(household) | {"statement": statement_id, "rank": rank}
    return next(iter(read_lines(household, db.execute(query, values))), None)


def sheet_of(head: StatementHead, lines: list[CareLine]) -> StatementSheet:
    """The statement of these lines, with its totals."""
    return StatementSheet(head, lines, {name: _sum([getattr(line, name) for line in lines]) for name in SUMMED})


def _sum(amounts: list[Money | None]) -> Money | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None


def note_export(db: Session, identity: Identity, sheet: StatementSheet, extension: str, origin: Origin) -> None:
    """Write in the journal that the statement left as a file of this kind."""
    record(
        db,
        EventKind.STATEMENT_EXPORTED,
        actor_account_id=identity.account_id,
        contract_id=sheet.head.contract_id,
        origin=origin,
        details={"statement": sheet.head.reference, "format": extension},
    )
