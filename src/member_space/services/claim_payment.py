"""The statement that paid a claim: no feed names it, so it is told only where it cannot be another one (C74)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from member_space.domain.money import Money
from member_space.domain.opening_hours import PARIS
from member_space.domain.reimbursement import PayeeKind
from member_space.domain.request import Outcome, RequestKind, State
from member_space.models import Payment, Request, Statement, StatementLine
from member_space.services.care_line import among, shapes, values_of
from member_space.services.household import Household

PAID = (Outcome.ACCEPTED.value, Outcome.PARTIAL.value)


@dataclass(frozen=True, slots=True)
class ClaimPayment:
    """Where the money is told of, and the day of its transfer, which may be to come."""

    statement_id: UUID
    paid_on: date


def payment_of_claim(db: Session, household: Household, claim: Request, granted: Money) -> ClaimPayment | None:
    """The one statement, issued and imported since the decision, that pays this amount to the insured for this care.

    This care: of the same person on the same day, one line of it or all together. None where none does or several do,
    where another claim about the same person and day was granted too, or where its viewer may not see the care. One
    statement.
    """
    ended = claim.state in (State.DECIDED, State.CLOSED) and claim.outcome in PAID
    if claim.kind != RequestKind.CLAIM or not ended or claim.closed_at is None or not granted:
        return None
    query = _candidates(household, claim, claim.closed_at, granted)
    found = db.execute(query, values_of(household)).all()
    if len(found) != 1:
        return None
    if claim.person_id:
        household.note([claim.person_id])
    return ClaimPayment(*found[0])


def _candidates(
    household: Household, claim: Request, decided_at: datetime, granted: Money
) -> Select[tuple[UUID, date]]:
    line, other = StatementLine, aliased(Request)
    repeated = exists().where(
        other.id != claim.id,
        other.contract_id == claim.contract_id,
        other.kind == RequestKind.CLAIM.value,
        other.outcome.in_(PAID),
        other.person_id == claim.person_id,
        other.care_date == claim.care_date,
    )
    return (
        select(Statement.public_id, Payment.paid_on)
        .join(line, line.statement_id == Statement.id)
        .join(Payment, Payment.id == Statement.payment_id)
        .where(
            line.contract_id == claim.contract_id,
            line.care_date == claim.care_date,
            line.person_id == claim.person_id,
            among("open", shapes(household)["open"], line.contract_id, line.person_id),
            Statement.payee == PayeeKind.INSURED.value,
            Statement.issued_on >= decided_at.astimezone(PARIS).date(),
            Statement.created_at > decided_at,
            ~repeated,
        )
        .group_by(Statement.id, Payment.paid_on)
        .having(or_(func.bool_or(line.our_share == granted), func.sum(line.our_share) == granted))
        .limit(2)
    )
