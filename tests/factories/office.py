"""Colleagues of the office."""

import itertools
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from member_space.domain.permissions import Role
from member_space.models import Account

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
