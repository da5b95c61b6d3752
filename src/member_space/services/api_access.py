"""Who asks through the API: a token gives an access, as a session gives an identity."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update
from sqlalchemy.orm import Session, aliased

from member_space.domain.api_scope import WITHOUT_MEMBER, Scope, permissions_of, scopes_of
from member_space.domain.permissions import GRANTS, Permission, Role
from member_space.models import Account, ApiClient, ApiGrant, ApiToken
from member_space.services.household import Household
from member_space.services.sessions import SEEN_EVERY, hash_token


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiAccess:
    """What a token is known by. Without a member (``account_id`` and ``person_id`` None) it reads nobody's data.

    ``client_id``, ``assistant``: who asks, whoever it acts for, and in the words that the member will read; None for a
    token of his own.
    ``persons``: whose data the member agreed to show.
    """

    token_id: int
    grant_id: int | None
    client_id: int | None
    assistant: str | None
    account_id: int | None
    person_id: int | None
    scopes: frozenset[Scope]
    persons: frozenset[int]
    per_minute: int | None
    expires_at: datetime
    last_used_at: datetime | None
    role: Role = Role.MEMBER

    @property
    def principal(self) -> str:
        """What an ACL grants to this token and to nobody else."""
        return f"token:{self.token_id}"

    @property
    def permissions(self) -> frozenset[Permission]:
        """What its scopes open, of what a member may do at all; without a member, nobody's data whatever they say."""
        scopes = self.scopes if self.person_id else self.scopes & WITHOUT_MEMBER
        return permissions_of(scopes) & GRANTS[Role.MEMBER]


_ACTOR = aliased(ApiClient)
# Built once: this statement runs on every request of the API.
_LIVING = (
    select(
        ApiToken.id.label("token_id"),
        ApiToken.grant_id,
        func.coalesce(ApiToken.actor_id, ApiToken.client_id).label("client_id"),
        func.coalesce(_ACTOR.name, ApiClient.name).label("assistant"),
        Account.id.label("account_id"),
        Account.person_id,
        ApiToken.scopes,
        ApiGrant.person_ids,
        func.coalesce(_ACTOR.per_minute, ApiClient.per_minute).label("per_minute"),
        ApiToken.expires_at,
        ApiGrant.last_used_at,
    )
    .outerjoin(ApiGrant, ApiGrant.id == ApiToken.grant_id)
    .outerjoin(Account, Account.id == ApiGrant.account_id)
    .outerjoin(ApiClient, ApiClient.id == ApiToken.client_id)
    .outerjoin(_ACTOR, _ACTOR.id == ApiToken.actor_id)
    .where(
        ApiToken.kind == "access",
        ApiToken.expires_at > bindparam("now"),
        ApiToken.revoked_at.is_(None),
        ApiGrant.revoked_at.is_(None),
        func.coalesce(ApiGrant.expires_at > bindparam("now"), True),
        Account.closed_at.is_(None),
        ApiClient.closed_at.is_(None),
        _ACTOR.closed_at.is_(None),
    )
)

_OPENED = _LIVING.where(ApiToken.token_hash == bindparam("token_hash"))
_STILL = _LIVING.where(ApiToken.id == bindparam("token_id"))


def read_access(db: Session, token: str, now: datetime) -> ApiAccess | None:
    """What this token opens now, in one statement; None when it is unknown, over, or taken back."""
    return _access(db.execute(_OPENED, {"token_hash": hash_token(token), "now": now}).one_or_none())


def access_of(db: Session, token_id: int, now: datetime) -> ApiAccess | None:
    """As `read_access`, of a token that was read before: what it opens by now."""
    return _access(db.execute(_STILL, {"token_id": token_id, "now": now}).one_or_none())


def _access(row: Row[Any] | None) -> ApiAccess | None:
    if row is None:
        return None
    known = dict(row._mapping)
    return ApiAccess(scopes=scopes_of(known.pop("scopes")), persons=frozenset(known.pop("person_ids") or ()), **known)


def note_use(db: Session, access: ApiAccess, now: datetime, ip: str | None) -> None:
    """Write when and from where a grant last served, at most once a minute, and never waiting for another request."""
    if access.grant_id is None or (access.last_used_at and access.last_used_at > now - SEEN_EVERY):
        return
    free = select(ApiGrant.id).where(ApiGrant.id == access.grant_id).with_for_update(skip_locked=True, key_share=True)
    db.execute(
        update(ApiGrant)
        .where(ApiGrant.id.in_(free))
        .values(last_used_at=now, last_ip=ip)
        .execution_options(synchronize_session=False)
    )


def narrowed(household: Household, access: ApiAccess) -> Household:
    """The household as this access may see it: the persons whom the member ticked, of those whom he sees today."""
    members = tuple(member for member in household.members if member.person_id in access.persons)
    return replace(household, members=members, shown=set())
