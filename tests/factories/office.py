"""Colleagues of the office."""

import itertools
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from member_space.domain.permissions import Role
from member_space.models import Account
from member_space.services.sessions import OfficeIdentity

numbers = itertools.count(1)


def make_colleague(db: Session, role: Role | str, name: str = "", **values) -> Account:
    """An account of the office, of some time and with a second factor unless told otherwise."""
    n = next(numbers)
    account = Account(
        email=values.pop("email", f"collegue{n}@example.org"),
        office_name=name or f"Collègue {n}",
        role=str(role),
        **{
            "password_hash": "no password fits",
            "totp_secret": b"held by an application",
            "created_at": datetime(2025, 1, 6, 9, tzinfo=UTC),
        }
        | values,
    )
    db.add(account)
    db.flush()
    return account


def office_identity_of(account: Account) -> OfficeIdentity:
    """Who is signed in as this colleague, without a session."""
    now = datetime.now(UTC)
    return OfficeIdentity(
        account_id=account.id,
        email=account.email,
        role=Role(account.role),
        session_id=0,
        device_id=None,
        proved_at=None,
        must_change_password=False,
        closing_asked_at=None,
        email_bounced_at=None,
        last_seen_at=now,
        expires_at=now,
        name=account.office_name or "",
        team=account.team,
    )
