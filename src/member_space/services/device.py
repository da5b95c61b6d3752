"""The browsers that an account trusts: what the cookie of one proves, and how it is given (R18)."""

import secrets
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.models import Account, Device
from member_space.services import events
from member_space.services.sessions import hash_token
from member_space.services.tools import Origin, Tools

TRUSTED_FOR = timedelta(days=90)
"""After the last sign-in: who comes back sooner is trusted for as long again."""


def known_device(db: Session, tools: Tools, account_id: int, token: str | None) -> Device | None:
    """The device of this cookie when this very account trusts it today: revoked, too old or another's is unknown."""
    if not token:
        return None
    return db.scalar(
        select(Device).where(
            Device.token_hash == hash_token(token),
            Device.account_id == account_id,
            Device.trusted_until > tools.now(),
        )
    )


def known_device_of_address(db: Session, tools: Tools, email: str, token: str | None) -> int | None:
    """As `known_device`, before the account is read: the device's id. One statement whoever the address belongs to."""
    if not token:
        return None
    return db.scalar(
        select(Device.id)
        .join(Account, Account.id == Device.account_id)
        .where(
            Account.email == email,
            Account.closed_at.is_(None),
            Device.token_hash == hash_token(token),
            Device.trusted_until > tools.now(),
        )
    )


def trust_device(db: Session, tools: Tools, account: Account, origin: Origin) -> tuple[Device, str]:
    """A new device of the account, and the token that only its browser will hold."""
    token, now = secrets.token_urlsafe(32), tools.now()
    device = Device(
        token_hash=hash_token(token),
        account_id=account.id,
        user_agent=origin.user_agent,
        ip=origin.ip,
        created_at=now,
        last_seen_at=now,
        trusted_until=now + TRUSTED_FOR,
    )
    db.add(device)
    db.flush()  # the session and the journal name it
    events.record(
        db,
        EventKind.DEVICE_ADDED,
        actor_account_id=account.id,
        subject_person_id=account.person_id,
        origin=origin,
        details={"device_id": device.id},
    )
    return device, token


def see_device(tools: Tools, device: Device, origin: Origin) -> None:
    """It signed in again: what is known of it is of today, and its trust begins anew."""
    device.last_seen_at = tools.now()
    device.trusted_until = tools.now() + TRUSTED_FOR
    device.ip = origin.ip
    device.user_agent = origin.user_agent
