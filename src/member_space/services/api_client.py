"""The applications that the office lets ask: added, given another secret, closed; known by their secret."""

import hmac
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from member_space.domain.api_scope import Scope, scopes_of
from member_space.domain.events import EventKind
from member_space.domain.oauth import GRANT_TYPES, is_redirect_uri
from member_space.models import ApiClient, ApiGrant
from member_space.services.events import record
from member_space.services.sessions import SignedIn, hash_token
from member_space.services.tools import INSIDE, Origin, Tools
from member_space.services.webhook import close_targets_of

NAME_LENGTH, PURPOSE_LENGTH = 60, 200
PER_MINUTE = 600
_NOBODY_S = hash_token(secrets.token_urlsafe(32))


class ClientRefused(ValueError):  # noqa: N818 - named after the event
    """A client cannot be added so; the message is the reason, in French."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClient:
    """What the office says of an application. ``confidential``: it can keep a secret."""

    name: str
    purpose: str
    redirect_uris: Collection[str]
    scopes: Collection[str]
    grant_types: Collection[str]
    confidential: bool = True
    per_minute: int = PER_MINUTE


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A line of the office's list. ``members``: how many let it in today."""

    client: ApiClient
    members: int


def add_client(
    db: Session, tools: Tools, new: NewClient, by: SignedIn | None = None, origin: Origin = INSIDE
) -> tuple[ApiClient, str | None]:
    """The client, and its secret, which nothing keeps; None for one that cannot keep any. Raises ClientRefused."""
    values = _checked(new)
    secret = secrets.token_urlsafe(32) if new.confidential else None
    client = ApiClient(**values, secret_hash=hash_token(secret) if secret else None, created_at=tools.now())
    db.add(client)
    db.flush()
    _note(db, EventKind.API_CLIENT_ADDED, client, by, origin)
    return client, secret


def _read(text: str, most: int, otherwise: str) -> str:
    """Words that members read and trust: no sign that does not show, nor turns others round."""
    words = " ".join(text.split())
    if not 0 < len(words) <= most:
        raise ClientRefused(otherwise)
    if not words.isprintable():
        raise ClientRefused("écrivez le nom et l’usage avec des signes qui se voient : un adhérent les lit et s’y fie")
    return words


def _checked(new: NewClient) -> dict[str, object]:
    name = _read(new.name, NAME_LENGTH, f"donnez à l’application un nom de {NAME_LENGTH} caractères au plus")
    purpose = _read(
        new.purpose, PURPOSE_LENGTH, f"dites à quoi serviront les données, en {PURPOSE_LENGTH} caractères au plus"
    )
    if wrong := [uri for uri in new.redirect_uris if not is_redirect_uri(uri)]:
        raise ClientRefused(f"adresse de retour refusée (https, sans # ni *) : {wrong[0]}")
    if unknown := sorted(set(new.scopes) - set(Scope)):
        raise ClientRefused(f"portée inconnue : {unknown[0]}")
    if not new.scopes:
        raise ClientRefused("donnez au moins une portée")
    if unknown := sorted(set(new.grant_types) - set(GRANT_TYPES)):
        raise ClientRefused(f"façon de demander inconnue : {unknown[0]}")
    if "authorization_code" in new.grant_types and not new.redirect_uris:
        raise ClientRefused("donnez l’adresse où l’adhérent revient après avoir répondu")
    if not new.confidential and set(new.grant_types) - {"authorization_code", "refresh_token"}:
        raise ClientRefused("sans secret, une application ne demande qu’avec l’accord d’un adhérent")
    if not 0 < new.per_minute <= 100_000:
        raise ClientRefused("donnez un nombre de requêtes par minute, de 1 à 100 000")
    return {
        "name": name,
        "purpose": purpose,
        "redirect_uris": list(dict.fromkeys(new.redirect_uris)),
        "scopes": ordered(scopes_of(new.scopes)),
        "grant_types": [one for one in GRANT_TYPES if one in new.grant_types],
        "per_minute": new.per_minute,
    }


def ordered(scopes: Iterable[Scope]) -> list[Scope]:
    """In the order in which they are told."""
    asked = set(scopes)
    return [scope for scope in Scope if scope in asked]


def find_client(db: Session, public_id: UUID) -> ApiClient | None:
    """The client of this public id, closed ones too."""
    return db.scalar(select(ApiClient).where(ApiClient.public_id == public_id))


def open_client(db: Session, client_id: str) -> ApiClient | None:
    """As `find_client`, of whatever a request gives; None for one that is closed as for one that never was."""
    try:
        found = find_client(db, UUID(client_id))
    except ValueError:
        return None
    return found if found and found.closed_at is None else None


def is_secret_of(client: ApiClient | None, secret: str) -> bool:
    """In a time that tells nothing, also of a client that does not exist or has no secret."""
    kept = (client.secret_hash if client else None) or _NOBODY_S
    return hmac.compare_digest(kept, hash_token(secret))


def all_clients(db: Session) -> list[ClientRow]:
    """Every client, the open ones first, by name: some tens. One statement."""
    members = (
        select(ApiGrant.client_id, func.count(ApiGrant.account_id.distinct()).label("members"))
        .where(ApiGrant.revoked_at.is_(None), ApiGrant.expires_at > func.now())
        .group_by(ApiGrant.client_id)
        .subquery()
    )
    rows = db.execute(
        select(ApiClient, func.coalesce(members.c.members, 0))
        .outerjoin(members, members.c.client_id == ApiClient.id)
        .order_by(ApiClient.closed_at.is_not(None), func.lower(ApiClient.name), ApiClient.id)
    )
    return [ClientRow(client, count) for client, count in rows]


def rotate_secret(db: Session, client: ApiClient, by: SignedIn | None = None, origin: Origin = INSIDE) -> str:
    """Another secret; the former opens nothing from now on. Raises ClientRefused where there is none to replace."""
    if client.secret_hash is None or client.closed_at:
        raise ClientRefused("cette application n’a pas de secret, ou elle est fermée")
    secret = secrets.token_urlsafe(32)
    client.secret_hash = hash_token(secret)
    db.flush()
    _note(db, EventKind.API_CLIENT_SECRET_ROTATED, client, by, origin)
    return secret


def close_client(
    db: Session, tools: Tools, client: ApiClient, by: SignedIn | None = None, origin: Origin = INSIDE
) -> None:
    """None of its tokens opens anything from now on, and it is told of nothing more; closing again changes nothing."""
    if client.closed_at:
        return
    client.closed_at = tools.now()
    db.flush()
    _note(db, EventKind.API_CLIENT_CLOSED, client, by, origin)
    close_targets_of(db, tools, client, by.account_id if by else None, origin)


def _note(db: Session, kind: EventKind, client: ApiClient, by: SignedIn | None, origin: Origin) -> None:
    actor = by.account_id if by else None
    record(db, kind, actor_account_id=actor, origin=origin, details={"client": client.client_id})
