"""The first transfer to another bank account of a member: what a thief waits for, so it is marked (C154)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, select, tuple_
from sqlalchemy.orm import Session, aliased

from member_space.domain.money import Money
from member_space.domain.reimbursement import PayeeKind
from member_space.models import Contract, Payment, Person


def is_first() -> ColumnElement[bool]:
    """Whether the `Payment` of the statement around is the first to this account, when the member had another before.

    An account is told by its last four characters, all that the claims engine gives.
    """
    earlier = aliased(Payment)
    before = (
        earlier.contract_id == Payment.contract_id,
        earlier.payee == PayeeKind.INSURED,
        tuple_(earlier.paid_on, earlier.id) < tuple_(Payment.paid_on, Payment.id),
    )
    same = exists().where(*before, earlier.iban_last4 == Payment.iban_last4)
    another = exists().where(*before, earlier.iban_last4 != Payment.iban_last4)
    return and_(Payment.payee == PayeeKind.INSURED, another, ~same)


@dataclass(frozen=True, slots=True)
class FirstPayment:
    """One to check with the member. `person_ref`: the holder's number in the feed of households."""

    paid_on: date
    reference: str
    person_ref: str
    iban_last4: str
    amount: Money


def first_payments(db: Session, since: date) -> list[FirstPayment]:
    """Those that left since that day, the latest first."""
    query = (
        select(Payment.paid_on, Payment.reference, Person.external_ref, Payment.iban_last4, Payment.amount)
        .join(Contract, Contract.id == Payment.contract_id)
        .join(Person, Person.id == Contract.holder_id)
        .where(Payment.paid_on >= since, is_first())
        .order_by(Payment.paid_on.desc(), Payment.id.desc())
    )
    return [FirstPayment(*row) for row in db.execute(query)]
