"""« Mes appareils »: the browsers that an account trusts and those that are signed in, one list (C11).

A browser that is trusted and signed in is one line. One that was not to be trusted is there as long as it is signed in.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, bindparam, func, literal, null, or_, select, tuple_, union_all, update
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.models import Device, WebSession
from member_space.services.account_lock import lock_account
from member_space.services.events import record
from member_space.services.sessions import Identity, Lifetimes, SignedIn
from member_space.services.tools import Origin, Tools
from member_space.services.user_agent import Software, software_of

PAGE = 20
DEVICE, SESSION = "device", "session"
_PLACE = re.compile(r"([0-9]{1,17})_([0-9]{1,19})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the list goes on from; its text is what an URL carries."""

    seen_at: datetime
    key: int

    def __str__(self) -> str:
        return f"{(self.seen_at - _EPOCH) // timedelta(microseconds=1)}_{self.key}"

    @classmethod
    def parse(cls, text: str) -> "Place | None":
        """Read back; None for anything else, which is the beginning of the list."""
        found = _PLACE.fullmatch(text)
        return cls(_EPOCH + timedelta(microseconds=int(found[1])), int(found[2])) if found else None


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Browser:
    """A line. `trusted_until`: None for one that is only signed in. `signed_in`: it has a session that is open."""

    kind: Literal["device", "session"]
    id: int
    public_id: UUID
    name: str | None
    software: Software
    seen_at: datetime
    signed_in: bool
    trusted_until: datetime | None
    current: bool


@dataclass(frozen=True, slots=True)
class BrowserPage:
    """The latest used first. `others`: there is one to sign out besides this one."""

    browsers: list[Browser]
    newer: Place | None
    older: Place | None

    @property
    def others(self) -> bool:
        return self.newer is not None or self.older is not None or any(not one.current for one in self.browsers)


def _browsers(*, ended: bool = False) -> Any:
    """`ended`: also those that were signed out, as far as their rows are there."""
    own = WebSession.account_id == bindparam("account_id")
    open_now = (own, WebSession.expires_at > bindparam("now"), WebSession.last_seen_at > bindparam("idle_since"))
    seen = (
        select(WebSession.device_id, func.max(WebSession.last_seen_at).label("at"))
        .where(*open_now, WebSession.device_id.is_not(None))
        .group_by(WebSession.device_id)
        .subquery("seen")
    )
    listed = or_(Device.trusted_until > bindparam("now"), seen.c.device_id.is_not(None), literal(ended))
    devices = (
        select(
            literal(DEVICE).label("kind"),
            Device.id,
            (Device.id * 2).label("key"),
            Device.public_id,
            Device.name,
            Device.user_agent,
            func.greatest(Device.last_seen_at, seen.c.at).label("seen_at"),
            seen.c.device_id.is_not(None).label("signed_in"),
            Device.trusted_until,
        )
        .outerjoin(seen, seen.c.device_id == Device.id)
        .where(Device.account_id == bindparam("account_id"), listed)
    )
    sessions = select(
        literal(SESSION),
        WebSession.id,
        WebSession.id * 2 + 1,
        WebSession.public_id,
        null(),
        WebSession.user_agent,
        WebSession.last_seen_at,
        literal(True),
        null(),
    ).where(WebSession.device_id.is_(None), *((own,) if ended else open_now))
    return union_all(devices, sessions).subquery("browser")


_ALL = _browsers()
_HERE = tuple_(_ALL.c.seen_at, _ALL.c.key)
_START = tuple_(bindparam("seen_at"), bindparam("key"))
_LATEST = select(_ALL).order_by(_ALL.c.seen_at.desc(), _ALL.c.key.desc()).limit(PAGE + 1)
_OLDER = _LATEST.where(_HERE < _START)
_NEWER = select(_ALL).where(_HERE > _START).order_by(_ALL.c.seen_at, _ALL.c.key).limit(PAGE + 1)
_ANY = _browsers(ended=True)
_ONE = select(_ANY).where(_ANY.c.public_id == bindparam("public_id"))


def page_of_browsers(
    db: Session, tools: Tools, identity: SignedIn, *, before: Place | None = None, after: Place | None = None
) -> BrowserPage:
    """The page after `before`, or before `after`, or the first; one statement however many there are."""
    query: Select[Any] = _NEWER if after else _OLDER if before else _LATEST
    start = after or before
    values = {"seen_at": start.seen_at, "key": start.key} if start else {}
    rows = db.execute(query, _values(tools, identity) | values).all()
    more, rows = len(rows) > PAGE, rows[:PAGE]
    rows = rows[::-1] if after else rows
    newer, older = (more, True) if after else (before is not None, more)
    return BrowserPage(
        [_browser(row, identity) for row in rows],
        Place(rows[0].seen_at, rows[0].key) if rows and newer else None,
        Place(rows[-1].seen_at, rows[-1].key) if rows and older else None,
    )


def find_browser(db: Session, tools: Tools, identity: SignedIn, public_id: UUID) -> Browser | None:
    """The one of this id that the account has or had; somebody else's is None, like nobody's."""
    row = db.execute(_ONE, _values(tools, identity) | {"public_id": public_id}).one_or_none()
    return _browser(row, identity) if row else None


def name_browser(db: Session, browser: Browser, name: str) -> None:
    """Give a trusted browser a name; an empty one takes it away."""
    db.execute(update(Device).where(Device.id == browser.id).values(name=name or None))


def revoke(db: Session, tools: Tools, identity: SignedIn, browser: Browser, origin: Origin) -> None:
    """Sign it out and trust it no more; again, from another tab or by a second press, changes nothing."""
    lock_account(db, identity.account_id)
    if browser.kind == DEVICE:
        ended = _end_sessions(db, tools, identity, WebSession.device_id == browser.id)
        if _end_trust(db, tools, Device.id == browser.id) or ended:
            _note(db, EventKind.DEVICE_REVOKED, identity, origin, {"device_id": browser.id})
    elif _end_sessions(db, tools, identity, WebSession.id == browser.id):
        _note(db, EventKind.SESSION_REVOKED, identity, origin, {"session_id": browser.id})


def revoke_others(db: Session, tools: Tools, identity: SignedIn, origin: Origin) -> None:
    """Sign out and trust no more all but the browser that asks."""
    lock_account(db, identity.account_id)
    ended = _end_sessions(db, tools, identity, WebSession.id != identity.session_id)
    others = [Device.account_id == identity.account_id]
    if identity.device_id is not None:
        others.append(Device.id != identity.device_id)
    devices = _end_trust(db, tools, *others)
    if ended or devices:
        _note(db, EventKind.SESSION_REVOKED, identity, origin, {"sessions": ended, "devices": devices})


def _end_sessions(db: Session, tools: Tools, identity: SignedIn, which: Any) -> int:
    """Their rows stay until the next purge: a second press then finds what it speaks of."""
    now = tools.now()
    ended = db.execute(
        update(WebSession)
        .where(WebSession.account_id == identity.account_id, which, WebSession.expires_at > now)
        .values(expires_at=now)
        .returning(WebSession.id)
        .execution_options(synchronize_session=False)
    )
    return len(ended.all())


def _end_trust(db: Session, tools: Tools, *which: Any) -> int:
    now = tools.now()
    ended = db.execute(
        update(Device)
        .where(*which, Device.trusted_until > now)
        .values(trusted_until=now)
        .returning(Device.id)
        .execution_options(synchronize_session=False)
    )
    return len(ended.all())


def _note(db: Session, kind: EventKind, identity: SignedIn, origin: Origin, details: dict[str, int]) -> None:
    record(
        db,
        kind,
        actor_account_id=identity.account_id,
        subject_person_id=identity.person_id if isinstance(identity, Identity) else None,
        origin=origin,
        details=details,
    )


def _values(tools: Tools, identity: SignedIn) -> dict[str, Any]:
    now = tools.now()
    idle_since = now - Lifetimes.of(tools.settings).idle
    return {"account_id": identity.account_id, "now": now, "idle_since": idle_since}


def _browser(row: Any, identity: SignedIn) -> Browser:
    ours = identity.device_id if row.kind == DEVICE else identity.session_id
    return Browser(
        kind=row.kind,
        id=row.id,
        public_id=row.public_id,
        name=row.name,
        software=software_of(row.user_agent),
        seen_at=row.seen_at,
        signed_in=row.signed_in,
        trusted_until=row.trusted_until,
        current=row.id == ours,
    )
