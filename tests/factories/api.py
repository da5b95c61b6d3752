"""A client, what a member allowed it, and a token of it."""

import itertools
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from member_space.domain.api_scope import WITHOUT_MEMBER, Scope
from member_space.interfaces import ICipher
from member_space.models import Account, ApiClient, ApiGrant, ApiToken, Person
from member_space.services.sessions import hash_token
from tests.factories.webhook import make_delivery, make_target
from tests.log_guard import note

numbers = itertools.count(1)
LIFE = timedelta(minutes=15)


def make_client(db: Session, **values) -> ApiClient:
    """A confidential client that may ask everything, of every grant; its secret is nobody's."""
    client = ApiClient(
        **{
            "name": f"Conseiller {next(numbers)}",
            "purpose": "Répondre à vos questions",
            "secret_hash": hash_token(secrets.token_urlsafe(8)),
            "redirect_uris": ["https://assistant.example/retour"],
            "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
            "scopes": [scope.value for scope in Scope],
            "per_minute": 600,
        }
        | values
    )
    db.add(client)
    db.flush()
    return client


def make_grant(
    db: Session, account: Account, client: ApiClient | None, persons: Iterable[Person], scopes: Iterable[Scope] = Scope
) -> ApiGrant:
    """What this account allowed, for a month: these scopes, on these persons."""
    grant = ApiGrant(
        client_id=client and client.id,
        account_id=account.id,
        name=None if client else "Mon script",
        scopes=[scope.value for scope in scopes],
        person_ids=[person.id for person in persons],
        wording="Autoriser ?",
        expires_at=datetime.now(UTC) + timedelta(days=30),
    )
    db.add(grant)
    db.flush()
    return grant


def token_of(db: Session, grant: ApiGrant, scopes: Iterable[Scope] | None = None, **values) -> str:
    """An access token of this grant, with its scopes or some of them."""
    return _token(db, client_id=grant.client_id, grant_id=grant.id, scopes=list(scopes or grant.scopes), **values)


def client_token(db: Session, client: ApiClient, scopes: Iterable[Scope] = WITHOUT_MEMBER, **values) -> str:
    """An access token of a client in its own name."""
    return _token(db, client_id=client.id, scopes=list(scopes), **values)


def _token(db: Session, **values) -> str:
    token = secrets.token_urlsafe(32)
    note(token)
    row = {"kind": "access", "expires_at": datetime.now(UTC) + LIFE} | values
    db.add(ApiToken(token_hash=hash_token(token), **row))
    db.flush()
    return token


def bearer(token: str) -> dict[str, str]:
    """The header that carries it."""
    return {"Authorization": f"Bearer {token}"}


def fill_accesses(db: Session, cipher: ICipher, account: Account, name: str) -> dict[str, str]:
    """An application that the account lets in, a token of its own, and an access that ended; the ids of the client and
    of where it has itself told, with an event in each state."""
    client, person = make_client(db, name=name), db.get_one(Person, account.person_id)
    grant = make_grant(db, account, client, [person])
    make_grant(db, account, None, [person])
    url = "https://assistant.example/" + "notifications" * 8
    target = make_target(db, cipher, client, url=url, failing_since=grant.granted_at)
    make_target(db, cipher, client, disabled_at=grant.granted_at)
    for state in ("waiting", "sent", "failed", "unwanted"):
        make_delivery(db, target, grant, state=state, attempts=2, status=503)
    ended = make_grant(db, account, client, [])
    ended.revoked_at = ended.granted_at
    return {"api_client_id": client.client_id, "webhook_id": str(target.public_id)}
