"""What oauthlib asks of its house: who a client is, what a code or a token is worth, and where new ones are kept.

A code or a refresh token is looked at under the lock of its grant: of two at once, one is the first. What served once
and comes back was stolen, from the client or by it: all that came of its grant ends (RFC 9700, 4.14.2; RFC 6749, 10.5).
"""

import uuid
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

from oauthlib.common import Request
from oauthlib.oauth2 import RequestValidator
from oauthlib.oauth2.rfc6749 import errors
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from member_space.domain.api_scope import WITHOUT_MEMBER, scopes_of
from member_space.domain.events import EventKind
from member_space.domain.oauth import CODE_LIFE, access_ends
from member_space.models import Account, ApiClient, ApiCode, ApiGrant, ApiToken
from member_space.services import throttling
from member_space.services.account_lock import ROW
from member_space.services.api_access import read_access
from member_space.services.api_client import is_secret_of, open_client, ordered
from member_space.services.api_end import end_grants
from member_space.services.api_grant import allow_client
from member_space.services.events import record
from member_space.services.sessions import hash_token
from member_space.services.tools import Origin, Tools

WRONG_SECRETS = 30
"""A client and network may give as many in fifteen minutes: a secret is not guessed, but its table is not worn out."""
TOKENS_GIVEN = 300
"""To a client for one member, or in its own name, in fifteen minutes, which is how long each is good: more would only
fill the journal that the member reads."""


class Validator(RequestValidator):
    """Of one request. ``public_clients``: whether a client without a secret may ask this."""

    def __init__(self, db: Session, tools: Tools, origin: Origin, *, public_clients: bool = True) -> None:
        super().__init__()
        self.db, self.tools, self.origin, self.now = db, tools, origin, tools.now()
        self._public_clients = public_clients

    # Who asks.

    def client_authentication_required(self, request: Request, *_args: Any, **_kwargs: Any) -> bool:
        client_id, secret = _credentials(request)
        client = open_client(self.db, client_id)
        return not (self._public_clients and client and client.secret_hash is None and secret is None)

    def authenticate_client(self, request: Request, *_args: Any, **_kwargs: Any) -> bool:
        """Raises TooManyTries."""
        client_id, secret = _credentials(request)
        if secret is None:
            return False
        index = self.tools.cipher.blind_index(f"api client:{client_id}")
        network = throttling.network_of(self.origin.ip)
        throttling.take_turn(self.db, index, network, self.now, limit=WRONG_SECRETS)
        client = open_client(self.db, client_id)
        if not is_secret_of(client, secret) or client is None:
            throttling.note_failure(self.db, index, network, self.now)
            return False
        request.client, request.client_id = client, client.client_id
        return True

    def authenticate_client_id(self, client_id: str | None, request: Request, *_args: Any, **_kwargs: Any) -> bool:
        client = open_client(self.db, client_id or "")
        if client is None or client.secret_hash is not None:
            return False
        request.client, request.client_id = client, client.client_id
        return True

    # What it may ask.

    def validate_client_id(self, client_id: str, request: Request, *_args: Any, **_kwargs: Any) -> bool:
        request.client = open_client(self.db, client_id)
        return request.client is not None

    def validate_redirect_uri(self, _client_id: str, redirect_uri: str, request: Request, *_a: Any, **_kw: Any) -> bool:
        return redirect_uri in request.client.redirect_uris

    def get_default_redirect_uri(self, *_args: Any, **_kwargs: Any) -> None:
        """There is none: what is exact is said."""

    def validate_response_type(
        self, _client_id: str, response_type: str, client: ApiClient, *_args: Any, **_kwargs: Any
    ) -> bool:
        return response_type == "code" and "authorization_code" in client.grant_types

    def validate_grant_type(
        self, _client_id: str, grant_type: str, client: ApiClient, *_args: Any, **_kwargs: Any
    ) -> bool:
        return grant_type in client.grant_types

    def get_default_scopes(
        self, _client_id: str, request: Request, *_args: Any, **_kwargs: Any
    ) -> Sequence[str] | None:
        """Of a client in its own name, all that it may; of a member's data, what is wanted is said."""
        if request.grant_type != "client_credentials":
            return None
        return ordered(scopes_of(request.client.scopes) & WITHOUT_MEMBER)

    def validate_scopes(
        self, _client_id: str, scopes: Sequence[str] | None, client: ApiClient, request: Request, *_a: Any, **_kw: Any
    ) -> bool:
        may: set[str] = set(client.scopes)
        if request.grant_type == "client_credentials":
            may &= WITHOUT_MEMBER
        return bool(scopes) and set(scopes or ()) <= may

    def is_pkce_required(self, *_args: Any) -> bool:
        return True

    # Codes.

    def save_authorization_code(
        self, _client_id: str, code: dict[str, str], request: Request, *_args: Any, **_kwargs: Any
    ) -> None:
        """What the member ticked becomes a grant, and the code leads to it."""
        grant = allow_client(self.db, self.tools, request.identity, request.client, request.allowed, self.origin)
        self.db.add(
            ApiCode(
                code_hash=hash_token(code["code"]),
                grant_id=grant.id,
                redirect_uri=request.redirect_uri,
                challenge=request.code_challenge,
                expires_at=self.now + CODE_LIFE,
            )
        )
        self.db.flush()

    def validate_code(
        self, _client_id: str, code: str, client: ApiClient, request: Request, *_args: Any, **_kwargs: Any
    ) -> bool:
        row = self.db.scalar(select(ApiCode).where(ApiCode.code_hash == hash_token(code)))
        grant = self._locked_grant(row.grant_id if row else None, client)
        if row is None or grant is None:
            return False
        self.db.refresh(row)
        if row.used_at:
            self._end_stolen(grant)
            return False
        if row.expires_at <= self.now or row.redirect_uri != request.redirect_uri:
            return False
        request.code_row, request.grant_row = row, grant
        request.user, request.scopes = grant.account_id, list(grant.scopes)
        return True

    def get_code_challenge(self, _code: str, request: Request) -> str:
        challenge: str = request.code_row.challenge
        return challenge

    def get_code_challenge_method(self, _code: str, _request: Request) -> str:
        return "S256"

    def confirm_redirect_uri(self, *_args: Any, **_kwargs: Any) -> bool:
        """Compared with the code itself: another one is an invalid_grant (RFC 6749, 5.2), which oauthlib says not."""
        return True

    def invalidate_authorization_code(
        self, _client_id: str, _code: str, request: Request, *_args: Any, **_kwargs: Any
    ) -> None:
        request.code_row.used_at = self.now
        self.db.flush()

    # Refresh tokens.

    def validate_refresh_token(
        self, refresh_token: str, client: ApiClient, request: Request, *_args: Any, **_kwargs: Any
    ) -> bool:
        row = self.db.scalar(
            select(ApiToken).where(ApiToken.token_hash == hash_token(refresh_token), ApiToken.kind == "refresh")
        )
        grant = self._locked_grant(row.grant_id if row else None, client)
        if row is None or grant is None:
            return False
        self.db.refresh(row)
        if row.used_at:
            self._end_stolen(grant)
            return False
        if row.revoked_at or row.expires_at <= self.now:
            return False
        request.refresh_row, request.grant_row = row, grant
        return True

    def get_original_scopes(self, _refresh_token: str, request: Request, *_args: Any, **_kwargs: Any) -> Sequence[str]:
        """What was given, as far as the client still may ask it."""
        return ordered(scopes_of(request.refresh_row.scopes) & scopes_of(request.client.scopes))

    def _locked_grant(self, grant_id: int | None, client: ApiClient) -> ApiGrant | None:
        """The grant, held until commit; None when it is another client's, over, or of an account that was closed."""
        if grant_id is None:
            return None
        grant = self.db.scalar(
            select(ApiGrant)
            .join(Account, Account.id == ApiGrant.account_id)
            .where(
                ApiGrant.id == grant_id,
                ApiGrant.client_id == client.id,
                ApiGrant.expires_at > self.now,
                Account.closed_at.is_(None),
            )
            .with_for_update(of=ApiGrant, **ROW)
            .execution_options(populate_existing=True)
        )
        return grant if grant and grant.revoked_at is None else None

    def _end_stolen(self, grant: ApiGrant) -> None:
        if end_grants(self.db, self.tools, ApiGrant.id == grant.id):
            self._note(EventKind.API_ACCESS_STOLEN, grant.account_id, {"grant": grant.id})

    # What is given.

    def save_bearer_token(self, token: dict[str, Any], request: Request, *_args: Any, **_kwargs: Any) -> None:
        """Raises TooManyTries."""
        grant = getattr(request, "grant_row", None)
        whose = f"api tokens:{request.client.id}:{grant.id if grant else ''}"
        throttling.count_turn(self.db, self.tools.cipher.blind_index(whose), "token", self.now, limit=TOKENS_GIVEN)
        before: ApiToken | None = getattr(request, "refresh_row", None)
        came_of: ApiToken | None = before or getattr(request, "subject_row", None)
        shared = {
            "client_id": getattr(request, "of_client_id", request.client.id),
            "grant_id": grant.id if grant else None,
            "actor_id": getattr(request, "actor_id", None),
            "family": came_of.family if came_of and came_of.family else uuid.uuid4(),
            "issued_at": self.now,
        }
        given = ordered(scopes_of(request.scopes))
        self._keep(token["access_token"], "access", shared, given, self.ends(request))
        if before:
            before.used_at = self.now
        if grant and "refresh_token" in token:
            # As much as the first: a narrower access token narrows no other (RFC 6749, 6).
            kept = list(before.scopes) if before else given
            self._keep(token["refresh_token"], "refresh", shared, kept, grant.expires_at)
        self.db.flush()

    def _keep(self, token: str, kind: str, shared: dict[str, Any], scopes: Sequence[str], ends: datetime) -> None:
        self.db.add(ApiToken(token_hash=hash_token(token), kind=kind, scopes=list(scopes), expires_at=ends, **shared))

    def ends(self, request: Request) -> datetime:
        """When the access token of this request will end."""
        grant, subject = getattr(request, "grant_row", None), getattr(request, "subject_row", None)
        return access_ends(self.now, grant and grant.expires_at, subject and subject.expires_at)

    # What is asked of them afterwards.

    def revoke_token(self, token: str, _hint: str | None, request: Request, *_args: Any, **_kwargs: Any) -> None:
        """RFC 7009: an access token ends with what its family was exchanged for; a refresh token ends all that came of
        its grant."""
        row = self.token_of(token, request.client)
        if row is None:
            return
        if row.kind == "access":
            row.revoked_at = row.revoked_at or self.now
            self.db.flush()
            if row.actor_id is None:
                exchanged = (ApiToken.family == row.family, ApiToken.grant_id == row.grant_id)
                living = (ApiToken.actor_id.is_not(None), ApiToken.revoked_at.is_(None))
                self.db.execute(update(ApiToken).where(*exchanged, *living).values(revoked_at=self.now))
        elif grant := self._locked_grant(row.grant_id, request.client):
            end_grants(self.db, self.tools, ApiGrant.id == grant.id)
            self._note(EventKind.API_ACCESS_REVOKED, grant.account_id, {"grant": grant.id, "by": "client"})

    def introspect_token(
        self, token: str, _hint: str | None, request: Request, *_args: Any, **_kwargs: Any
    ) -> dict[str, Any] | None:
        """RFC 7662, of an access token of the client that asks, or that it acts with; any other is not active."""
        row, access = self.token_of(token, request.client), read_access(self.db, token, self.now)
        if row is None or access is None:
            return None
        asked = select(ApiClient.id, ApiClient.public_id).where(ApiClient.id.in_((row.client_id, row.actor_id)))
        names = {one.id: str(one.public_id) for one in self.db.execute(asked)}
        claims: dict[str, Any] = {
            "iss": self.tools.settings.site_url,
            "client_id": names[row.client_id],
            "scope": " ".join(ordered(access.scopes)),
            "token_type": "Bearer",
            "iat": int(row.issued_at.timestamp()),
            "exp": int(row.expires_at.timestamp()),
        }
        if access.account_id:
            account = self.db.get_one(Account, access.account_id)
            claims["sub"] = str(account.public_id)
        if row.actor_id:
            claims["act"] = {"sub": names[row.actor_id]}
        return claims

    def token_of(self, token: str, client: ApiClient) -> ApiToken | None:
        """The row of a token that this client holds by right: its own, or one that it acts with."""
        row = self.db.scalar(select(ApiToken).where(ApiToken.token_hash == hash_token(token)))
        return row if row and client.id in (row.client_id, row.actor_id) else None

    def _note(self, kind: EventKind, account_id: int, details: dict[str, Any]) -> None:
        person = self.db.scalar(select(Account.person_id).where(Account.id == account_id))
        record(self.db, kind, subject_person_id=person, origin=self.origin, details=details)


def _credentials(request: Request) -> tuple[str, str | None]:
    """The client's id and secret, from the header or the body (RFC 6749, 2.3.1); never from both."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return request.client_id or "", request.client_secret
    try:
        client_id, colon, secret = b64decode(given.strip(), validate=True).decode().partition(":")
    except (NotBase64, UnicodeDecodeError, ValueError):
        return "", ""
    client_id, secret = unquote_plus(client_id), unquote_plus(secret)
    if request.client_secret or request.client_id not in (None, client_id):
        raise errors.InvalidRequestError(description="Several ways of client authentication.", request=request)
    return (client_id, secret) if colon else ("", "")
