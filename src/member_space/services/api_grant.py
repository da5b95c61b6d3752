"""« Mes accès »: what a member allowed to applications, and his own tokens: given, listed, taken back (C162)."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from member_space.domain.api_scope import Scope, scopes_of
from member_space.domain.events import EventKind
from member_space.domain.notices import Channel, NoticeKind
from member_space.models import ApiClient, ApiGrant, ApiToken
from member_space.services.account_lock import lock_account
from member_space.services.api_client import ordered
from member_space.services.api_end import end_grants
from member_space.services.disown import disown_link
from member_space.services.events import record
from member_space.services.notification import notify
from member_space.services.sessions import Identity, hash_token
from member_space.services.tools import Origin, Tools

NAME_LENGTH = 60
MOST_TOKENS = 10
"""Of one member at a time: who wants more forgot some."""
ENDED_SHOWN = 20


class TooManyTokens(Exception):  # noqa: N818 - named after the event
    """This member has as many tokens of his own as one may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What was ticked. ``wording``: the question and the answer, as they were shown."""

    scopes: Collection[Scope]
    person_ids: Collection[int]
    days: int
    wording: str


@dataclass(frozen=True, slots=True)
class AccessRow:
    """A line of « Mes accès ». ``client``, ``purpose``: None for a token of one's own, which has a ``name``.

    ``ends_at``: when its time is over, unless it was taken back or its application closed before.
    """

    public_id: UUID
    client: str | None
    purpose: str | None
    name: str | None
    scopes: list[Scope]
    person_ids: list[int]
    granted_at: datetime
    ends_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None
    last_ip: str | None

    @property
    def title(self) -> str:
        return self.client or self.name or ""


def allow_client(
    db: Session, tools: Tools, identity: Identity, client: ApiClient, allowed: Allowed, origin: Origin
) -> ApiGrant:
    """The member lets this application in, as he ticked; what he had allowed it before ends: the last word holds."""
    lock_account(db, identity.account_id)
    end_grants(db, tools, ApiGrant.account_id == identity.account_id, ApiGrant.client_id == client.id)
    grant = _give(db, tools, identity, allowed, client_id=client.id)
    details = {"client": client.client_id, "scopes": grant.scopes}
    _tell(db, tools, identity, EventKind.API_ACCESS_GRANTED, origin, details)
    return grant


def make_personal_token(
    db: Session, tools: Tools, identity: Identity, name: str, allowed: Allowed, origin: Origin
) -> str:
    """A token of the member's own, which nothing keeps. Raises TooManyTokens."""
    lock_account(db, identity.account_id)
    mine = select(func.count()).where(*_alive(tools, identity.account_id), ApiGrant.client_id.is_(None))
    if (db.scalar(mine) or 0) >= MOST_TOKENS:
        raise TooManyTokens
    grant = _give(db, tools, identity, allowed, name=name)
    token = secrets.token_urlsafe(32)
    db.add(
        ApiToken(
            token_hash=hash_token(token),
            kind="access",
            grant_id=grant.id,
            scopes=grant.scopes,
            issued_at=grant.granted_at,
            expires_at=grant.expires_at,
        )
    )
    db.flush()
    _tell(db, tools, identity, EventKind.PERSONAL_TOKEN_MADE, origin, {"scopes": grant.scopes})
    return token


def _give(db: Session, tools: Tools, identity: Identity, allowed: Allowed, **of: Any) -> ApiGrant:
    now = tools.now()
    grant = ApiGrant(
        account_id=identity.account_id,
        scopes=ordered(allowed.scopes),
        person_ids=sorted(set(allowed.person_ids)),
        wording=allowed.wording,
        granted_at=now,
        expires_at=now + timedelta(days=allowed.days),
        **of,
    )
    db.add(grant)
    db.flush()
    return grant


def _tell(
    db: Session, tools: Tools, identity: Identity, kind: EventKind, origin: Origin, details: dict[str, Any]
) -> None:
    """By mail, with « ce n’est pas moi », and to the journal."""
    link, code = disown_link(db, tools, identity.account_id, session_id=identity.session_id)
    notify(
        db,
        tools,
        NoticeKind.ACCESS_GIVEN,
        Channel.EMAIL,
        account_id=identity.account_id,
        values={"link": link, "given": "token" if kind is EventKind.PERSONAL_TOKEN_MADE else "client"},
        secret={"code": code},
    )
    record(
        db,
        kind,
        actor_account_id=identity.account_id,
        subject_person_id=identity.person_id,
        origin=origin,
        details=details,
    )


def accesses_of(db: Session, tools: Tools, account_id: int) -> tuple[list[AccessRow], list[AccessRow]]:
    """Those that are open, and the last that ended; the latest first. Two statements."""
    query = (
        select(
            ApiGrant.public_id,
            ApiClient.name.label("client"),
            ApiClient.purpose,
            ApiGrant.name,
            ApiGrant.scopes,
            ApiGrant.person_ids,
            ApiGrant.granted_at,
            func.least(ApiGrant.expires_at, ApiGrant.revoked_at, ApiClient.closed_at).label("ends_at"),
            ApiGrant.revoked_at,
            ApiGrant.last_used_at,
            func.host(ApiGrant.last_ip).label("last_ip"),
        )
        .outerjoin(ApiClient, ApiClient.id == ApiGrant.client_id)
        .order_by(ApiGrant.id.desc())
    )
    found = query.where(*_alive(tools, account_id), ApiClient.closed_at.is_(None))
    over = or_(ApiGrant.revoked_at.is_not(None), ApiGrant.expires_at <= tools.now(), ApiClient.closed_at.is_not(None))
    ended = query.where(ApiGrant.account_id == account_id, over).limit(ENDED_SHOWN)
    return [_row(one) for one in db.execute(found)], [_row(one) for one in db.execute(ended)]


def _row(found: Any) -> AccessRow:
    values = dict(found._mapping)
    return AccessRow(**values | {"scopes": ordered(scopes_of(values["scopes"]))})


def find_grant(db: Session, account_id: int, public_id: UUID) -> ApiGrant | None:
    """What this account allowed, ended too; somebody else's is None, like nobody's."""
    return db.scalar(select(ApiGrant).where(ApiGrant.public_id == public_id, ApiGrant.account_id == account_id))


def take_back(db: Session, tools: Tools, identity: Identity, grant: ApiGrant, origin: Origin) -> None:
    """None of its tokens opens anything from now on; again, from another tab, changes nothing."""
    if end_grants(db, tools, ApiGrant.id == grant.id):
        record(
            db,
            EventKind.API_ACCESS_REVOKED,
            actor_account_id=identity.account_id,
            subject_person_id=identity.person_id,
            origin=origin,
            details={"grant": grant.id, "by": "member"},
        )


def _alive(tools: Tools, account_id: int) -> tuple[Any, ...]:
    return (ApiGrant.account_id == account_id, ApiGrant.revoked_at.is_(None), ApiGrant.expires_at > tools.now())
