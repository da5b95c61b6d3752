"""Who handles requests: the colleagues whose role does, as long as they are there."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from member_space.domain.permissions import GRANTS, Permission, Role
from member_space.models import Account

HANDLERS = tuple(role for role in Role if Permission.HANDLE_REQUESTS in GRANTS[role])


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who handles requests."""

    id: int
    public_id: UUID
    name: str


def colleagues(db: Session) -> list[Colleague]:
    """Who handles requests today, by name."""
    query = select(Account.id, Account.public_id, Account.office_name).where(_at_work())
    return [Colleague(*row) for row in db.execute(query.order_by(Account.office_name, Account.id))]


def handles(db: Session, account_id: int | None) -> bool:
    """Whether this account is one of them: neither gone, nor in a role that does something else."""
    return db.scalar(select(Account.id).where(Account.id == account_id, _at_work())) is not None


def name_of(db: Session, account_id: int | None) -> str | None:
    """The name of a colleague, there or gone; None of nobody."""
    return db.scalar(select(Account.office_name).where(Account.id == account_id)) if account_id else None


def _at_work() -> ColumnElement[bool]:
    return and_(Account.role.in_([role.value for role in HANDLERS]), Account.closed_at.is_(None))
