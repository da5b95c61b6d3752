"""A member as the office may see him: found by what he says on the telephone, no more than helping him needs."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, Select, exists, or_, select
from sqlalchemy.orm import Session

from member_space.domain.permissions import Role
from member_space.models import Account, Contract, Coverage, Passkey, Person, RecoveryCode
from member_space.services.contact_points import masked_email, masked_phone
from member_space.services.readings import Shown

MOST = 20
REASON = "assistance"
"""What the member reads in « Qui a consulté mon dossier »."""


@dataclass(frozen=True, slots=True)
class OfficeMember:
    """The minimum: a name, masked contacts, and by which factors the account is protected."""

    person_id: int
    account_id: int
    public_id: UUID
    name: str
    email: str
    mobile: str | None
    email_bounced_at: datetime | None
    """Since when that address receives nothing (C152)."""
    factors: tuple[str, ...]
    """Of mobile, totp, passkey, recovery_codes."""


def search_members(db: Session, asked: str, shown: Shown) -> list[OfficeMember]:
    """The persons with an account whom an exact e-mail or member number names; a family shares its number."""
    asked = asked.strip()
    if not asked:
        return []
    email = asked.lower()
    number = "".join(asked.split())
    covered = (
        select(Coverage.person_id)
        .join(Contract, Contract.id == Coverage.contract_id)
        .where(Contract.member_number == number)
    )
    which = or_(Account.email == email, Person.email == email) if "@" in asked else Person.id.in_(covered)
    rows = db.execute(_members().where(which).order_by(Person.birth_date, Person.id).limit(MOST))
    found = [_member(row) for row in rows]
    shown.note(one.person_id for one in found)
    return found


def find_member(db: Session, public_id: UUID, shown: Shown) -> OfficeMember | None:
    """The member of this person's id; None for somebody without an open account."""
    row = db.execute(_members().where(Person.public_id == public_id)).one_or_none()
    if row is None:
        return None
    shown.note([row.id])
    return _member(row)


def _members() -> Select:
    return (
        select(
            Person.id,
            Account.id.label("account_id"),
            Person.public_id,
            Person.first_name,
            Person.last_name,
            Account.email,
            Account.mobile,
            Account.email_bounced_at,
            Person.mobile.label("known_mobile"),
            Account.totp_secret.is_not(None).label("totp"),
            exists().where(Passkey.account_id == Account.id).label("passkey"),
            exists().where(RecoveryCode.account_id == Account.id, RecoveryCode.used_at.is_(None)).label("codes"),
        )
        .join(Account, Account.person_id == Person.id)
        .where(Account.role == Role.MEMBER.value, Account.closed_at.is_(None))
    )


def _member(row: Row) -> OfficeMember:
    mobile = row.mobile or row.known_mobile
    has = {"mobile": row.mobile, "totp": row.totp, "passkey": row.passkey, "recovery_codes": row.codes}
    return OfficeMember(
        person_id=row.id,
        account_id=row.account_id,
        public_id=row.public_id,
        name=f"{row.first_name} {row.last_name}",
        email=masked_email(row.email),
        mobile=masked_phone(mobile) if mobile else None,
        email_bounced_at=row.email_bounced_at,
        factors=tuple(name for name, there in has.items() if there),
    )
