"""The OAuth 2 server: oauthlib's endpoints over our clients, grants and tokens.

What a request says goes in by name (`PARAMETERS`): oauthlib takes any other word for one of its own fields.
"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from oauthlib.common import Request, add_params_to_uri
from oauthlib.oauth2 import (
    AuthorizationCodeGrant,
    AuthorizationEndpoint,
    BearerToken,
    ClientCredentialsGrant,
    IntrospectEndpoint,
    RefreshTokenGrant,
    RevocationEndpoint,
    TokenEndpoint,
)
from oauthlib.oauth2.rfc6749 import errors
from oauthlib.oauth2.rfc6749.grant_types.authorization_code import code_challenge_method_s256
from sqlalchemy.orm import Session

from member_space.domain.api_scope import Scope, scopes_of
from member_space.domain.oauth import GRANT_TYPES, TOKEN_EXCHANGE, is_challenge
from member_space.models import ApiClient
from member_space.services.api_client import ordered
from member_space.services.api_grant import Allowed
from member_space.services.oauth_exchange import TokenExchangeGrant
from member_space.services.oauth_validator import Validator
from member_space.services.sessions import Identity
from member_space.services.tools import Origin, Tools
from member_space.settings import Settings

AUTHORIZE, TOKEN, REVOKE, INTROSPECT = "/oauth/authorize", "/oauth/token", "/oauth/revoke", "/oauth/introspect"
MACHINES = (TOKEN, REVOKE, INTROSPECT)
"""What applications ask by themselves: no browser is there to read a page."""
PARAMETERS = frozenset(
    (
        *("response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method"),
        *("grant_type", "client_secret", "code", "code_verifier", "refresh_token", "token", "token_type_hint"),
        *("subject_token", "subject_token_type", "actor_token", "actor_token_type", "requested_token_type"),
    )
)
Pairs = Iterable[tuple[str, str]]


class UnknownAsker(Exception):  # noqa: N818 - named after the event
    """Nobody to answer to: the client or the address to come back to is not one that we know."""


class SentBack(Exception):  # noqa: N818 - named after the event
    """The application is answered no, at its own address: ``url``."""

    def __init__(self, url: str) -> None:
        super().__init__("an authorization request is refused")
        self.url = url


@dataclass(frozen=True, slots=True)
class Question:
    """What a member is asked: by whom, for what, and where he goes back to."""

    client: ApiClient
    scopes: list[Scope]
    redirect_uri: str
    state: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a machine is answered: JSON, or nothing."""

    status: int
    body: str
    headers: dict[str, str]


class _S256CodeGrant(AuthorizationCodeGrant):
    """With a verifier whose hash came first, and in no other way: « plain » proves nothing (RFC 9700, 2.1.1)."""

    _code_challenge_methods = {"S256": code_challenge_method_s256}  # noqa: RUF012 - oauthlib's own protocol


class _Tokens(BearerToken):
    """Opaque, of 256 bits; a refresh token for who may use it."""

    def create_token(self, request: Request, refresh_token: bool = False, **kwargs: Any) -> dict[str, Any]:
        renewable = refresh_token and "refresh_token" in request.client.grant_types
        token: dict[str, Any] = super().create_token(request, refresh_token=renewable, **kwargs)
        return token


def read_question(db: Session, tools: Tools, origin: Origin, pairs: Pairs) -> Question:
    """What an authorization request asks. Raises UnknownAsker, or SentBack with the error."""
    try:
        scopes, found = _authorization(db, tools, origin).validate_authorization_request(_uri(tools, AUTHORIZE, pairs))
    except errors.FatalClientError as error:
        raise UnknownAsker from error
    except errors.OAuth2Error as error:
        raise SentBack(_with_issuer(tools, error.in_uri(error.redirect_uri))) from error
    return Question(found["request"].client, ordered(scopes_of(scopes)), found["redirect_uri"], found["state"])


def allow(db: Session, tools: Tools, origin: Origin, pairs: Pairs, identity: Identity, allowed: Allowed) -> str:
    """The member agrees: the address that takes a code back to the application. Raises as `read_question`."""
    kept = {"identity": identity, "allowed": allowed}
    scopes = ordered(allowed.scopes)
    try:
        headers, _body, _status = _authorization(db, tools, origin).create_authorization_response(
            _uri(tools, AUTHORIZE, pairs), scopes=scopes, credentials=kept
        )
    except errors.FatalClientError as error:
        raise UnknownAsker from error
    url: str = headers["Location"]
    return url


def refuse(tools: Tools, question: Question) -> str:
    """The member says no: the address that takes it back to the application."""
    error = errors.AccessDeniedError(state=question.state)
    return _with_issuer(tools, error.in_uri(question.redirect_uri))


def give_token(db: Session, tools: Tools, origin: Origin, query: str, pairs: Pairs, headers: dict[str, str]) -> Answer:
    """The token endpoint. Raises TooManyTries."""
    validator = Validator(db, tools, origin)
    grants = {
        "authorization_code": _S256CodeGrant(validator),
        "refresh_token": RefreshTokenGrant(validator),
        "client_credentials": ClientCredentialsGrant(validator),
        TOKEN_EXCHANGE: TokenExchangeGrant(validator),
    }
    endpoint = TokenEndpoint("authorization_code", _tokens(validator), grants)
    return _answer(endpoint.create_token_response, tools, TOKEN, query, pairs, headers)


def revoke(db: Session, tools: Tools, origin: Origin, query: str, pairs: Pairs, headers: dict[str, str]) -> Answer:
    """The revocation endpoint (RFC 7009). Raises TooManyTries."""
    endpoint = RevocationEndpoint(Validator(db, tools, origin))
    return _answer(endpoint.create_revocation_response, tools, REVOKE, query, pairs, headers)


def introspect(db: Session, tools: Tools, origin: Origin, query: str, pairs: Pairs, headers: dict[str, str]) -> Answer:
    """The introspection endpoint (RFC 7662), for clients that have a secret. Raises TooManyTries."""
    endpoint = IntrospectEndpoint(Validator(db, tools, origin, public_clients=False))
    return _answer(endpoint.create_introspect_response, tools, INTROSPECT, query, pairs, headers)


def server_metadata(settings: Settings) -> dict[str, Any]:
    """RFC 8414: what a client reads to find its way, and RFC 9207: that answers say who gave them."""
    site, ways = settings.site_url, ["client_secret_basic", "client_secret_post"]
    return {
        "issuer": site,
        "authorization_endpoint": site + AUTHORIZE,
        "token_endpoint": site + TOKEN,
        "revocation_endpoint": site + REVOKE,
        "introspection_endpoint": site + INTROSPECT,
        "scopes_supported": list(Scope),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(GRANT_TYPES),
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": [*ways, "none"],
        "revocation_endpoint_auth_methods_supported": [*ways, "none"],
        "introspection_endpoint_auth_methods_supported": ways,
        "authorization_response_iss_parameter_supported": True,
        "ui_locales_supported": ["fr", "en"],
    }


def resource_metadata(settings: Settings) -> dict[str, Any]:
    """RFC 9728: whose tokens the API takes, and how."""
    return {
        "resource": settings.site_url,
        "resource_name": settings.brand.name,
        "authorization_servers": [settings.site_url],
        "scopes_supported": list(Scope),
        "bearer_methods_supported": ["header"],
    }


def _authorization(db: Session, tools: Tools, origin: Origin) -> AuthorizationEndpoint:
    validator = Validator(db, tools, origin)
    grant = _S256CodeGrant(validator, post_auth=[_check_challenge])
    grant.register_code_modifier(lambda code, _handler, _request: code | {"iss": tools.settings.site_url})
    return AuthorizationEndpoint("code", _tokens(validator), {"code": grant})


def _check_challenge(request: Request) -> dict[str, Any]:
    if not is_challenge(request.code_challenge):
        raise errors.InvalidRequestError(description="code_challenge is not a SHA-256.", request=request)
    return {}


def _tokens(validator: Validator) -> _Tokens:
    def seconds(request: Request) -> int:
        return max(1, int((validator.ends(request) - validator.now).total_seconds()))

    return _Tokens(validator, token_generator=lambda *_: secrets.token_urlsafe(32), expires_in=seconds)


def _answer(
    ask: Callable[..., tuple[dict[str, str], str, int]],
    tools: Tools,
    path: str,
    query: str,
    pairs: Pairs,
    headers: dict[str, str],
) -> Answer:
    # What a query says is refused, whatever it says: a secret there would be in every log on its way.
    uri = f"{tools.settings.site_url}{path}{'?refused=1' if query else ''}"
    try:
        given, body, status = ask(uri, "POST", urlencode(_known(pairs)), headers)
    except errors.OAuth2Error as error:
        given, body, status = {}, error.json, error.status_code
    if status == 401:
        given = given | {"WWW-Authenticate": 'Basic realm="oauth"'}
    return Answer(status, body or "", given)


def _uri(tools: Tools, path: str, pairs: Pairs) -> str:
    return f"{tools.settings.site_url}{path}?{urlencode(_known(pairs))}"


def _known(pairs: Pairs) -> list[tuple[str, str]]:
    """One without a value is as if it were not there (RFC 6749, 3.1)."""
    return [(name, value) for name, value in pairs if name in PARAMETERS and value]


def _with_issuer(tools: Tools, url: str) -> str:
    told: str = add_params_to_uri(url, [("iss", tools.settings.site_url)])
    return told
