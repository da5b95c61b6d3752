"""Server-side sessions: a random token in a cookie, its SHA-256 in a row that can be ended from anywhere."""

import hashlib
import secrets
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any, Self
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from member_space.domain.opening_hours import PARIS
from member_space.domain.permissions import GRANTS, Permission, Role
from member_space.domain.retention import CLOSING_GRACE
from member_space.models import Account, Person, WebSession
from member_space.services.tools import INSIDE, Origin
from member_space.services.unread import unread_breach_of, unread_of
from member_space.settings import Settings

SEEN_EVERY = timedelta(minutes=1)
"""How precisely the last sign of life is kept: most requests then write nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """What an account's browser is known by, detached from the database; a member's or a colleague's."""

    account_id: int
    email: str
    role: Role
    session_id: int
    device_id: int | None
    proved_at: datetime | None
    """The last second factor given in this session."""
    must_change_password: bool
    closing_asked_at: datetime | None
    """Since when the account is on its way to be closed (services.closing)."""

    @property
    def closes_on(self) -> date | None:
        """The day when it will be, unless its person says no; None when nothing was asked."""
        return self.closing_asked_at and (self.closing_asked_at + CLOSING_GRACE).astimezone(PARIS).date()

    @property
    def permissions(self) -> frozenset[Permission]:
        """What its role may be granted."""
        return GRANTS[self.role]

    email_bounced_at: datetime | None
    """Since when its address receives nothing."""
    last_seen_at: datetime
    """The last sign of life that was noted: idle time runs from there."""
    expires_at: datetime

    @property
    def principal(self) -> str:
        """What an ACL grants to this account and to nobody else."""
        return f"account:{self.account_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity(SignedIn):
    """A member: a person who is covered."""

    person_id: int
    first_name: str
    last_name: str
    unread: int = 0
    """Messages of the office that he has not read, as the request began."""
    breach: UUID | None = None
    """The leak of his data whose page he has not opened yet (services.breach)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeIdentity(SignedIn):
    """A colleague of the office: no person of any household, so that no member page can be his."""

    name: str
    team: str | None
    """As members read it; None: the one of his role."""


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a session lives without a sign of life, and at most."""

    idle: timedelta
    total: timedelta

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours))


def hash_token(token: str) -> bytes:
    """What a row keeps of something drawn at random: of 69 bits at least, it needs no salt nor slow hash."""
    return hashlib.sha256(token.encode()).digest()


def open_session(
    db: Session,
    account_id: int,
    now: datetime,
    lifetimes: Lifetimes,
    origin: Origin = INSIDE,
    *,
    device_id: int | None = None,
    proved_at: datetime | None = None,
) -> tuple[int, str]:
    """Write a session and return its id with the token that only the browser will hold.

    `proved_at`: when a second factor was given, None without one.
    """
    token = secrets.token_urlsafe(32)
    row = WebSession(
        token_hash=hash_token(token),
        account_id=account_id,
        created_at=now,
        last_seen_at=now,
        expires_at=now + lifetimes.total,
        ip=origin.ip,
        user_agent=origin.user_agent,
        device_id=device_id,
        proved_at=proved_at,
    )
    db.add(row)
    db.flush()  # its id is the answer
    return row.id, token


# Built once: this statement runs on every page.
_OPENED = (
    select(
        Account.id.label("account_id"),
        Account.email,
        Account.role,
        WebSession.id.label("session_id"),
        WebSession.device_id,
        WebSession.proved_at,
        Account.must_change_password,
        Account.closing_asked_at,
        Account.email_bounced_at,
        WebSession.last_seen_at,
        WebSession.expires_at,
        Account.person_id,
        Person.first_name,
        Person.last_name,
        Account.office_name,
        Account.team,
        unread_of(Account.person_id).label("unread"),
        unread_breach_of(Account.person_id).label("breach"),
    )
    .join(Account, Account.id == WebSession.account_id)
    .outerjoin(Person, Person.id == Account.person_id)
    .where(
        WebSession.token_hash == bindparam("token_hash"),
        WebSession.expires_at > bindparam("now"),
        WebSession.last_seen_at > bindparam("idle_since"),
        Account.closed_at.is_(None),
    )
)
_SIGNED_IN = [one.name for one in fields(SignedIn)]
"""The columns of that statement that any account has, in its order."""


def read_session(
    db: Session, token: str, now: datetime, lifetimes: Lifetimes, *, attended: bool = True
) -> Identity | OfficeIdentity | None:
    """Whose session this token opens now, in one statement; None when it is unknown, ended, idle or too old.

    `attended`: whether somebody asks, whose sign of life is noted, or a page by itself.
    """
    values = {"token_hash": hash_token(token), "now": now, "idle_since": now - lifetimes.idle}
    row = db.execute(_OPENED, values).one_or_none()
    if row is None:
        return None
    known: dict[str, Any] = dict(zip(_SIGNED_IN, row, strict=False)) | {"role": Role(row.role)}
    if attended and row.last_seen_at <= now - SEEN_EVERY:
        _touch(db, row.session_id, now)
        known["last_seen_at"] = now
    if row.person_id is None:
        return OfficeIdentity(**known, name=row.office_name, team=row.team)
    member = {name: getattr(row, name) for name in ("person_id", "first_name", "last_name", "unread", "breach")}
    return Identity(**known, **member)


def time_left(identity: SignedIn, now: datetime, lifetimes: Lifetimes) -> timedelta:
    """How long the session goes on without another sign of life."""
    return min(identity.last_seen_at + lifetimes.idle, identity.expires_at) - now


def prolong(db: Session, identity: SignedIn, now: datetime, lifetimes: Lifetimes) -> timedelta:
    """« Rester connecté »: note a sign of life, whenever the last one was; how long the session then has left."""
    _touch(db, identity.session_id, now)
    return time_left(replace(identity, last_seen_at=now), now, lifetimes)


def _touch(db: Session, session_id: int, now: datetime) -> None:
    """Note the sign of life, unless another request of the same browser is doing it: nobody waits."""
    free = select(WebSession.id).where(WebSession.id == session_id).with_for_update(skip_locked=True)
    db.execute(
        update(WebSession)
        .where(WebSession.id.in_(free))
        .values(last_seen_at=now)
        .execution_options(synchronize_session=False)
    )


def close_session(db: Session, session_id: int) -> None:
    """End a session: its token opens nothing from now on."""
    db.execute(delete(WebSession).where(WebSession.id == session_id))
