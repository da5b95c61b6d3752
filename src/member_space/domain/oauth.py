"""Rules of the OAuth 2 server that need nothing but what they are given: how long, where back to, with what proof.

OAuth 2.1 and RFC 9700: exact addresses, PKCE for all, short tokens. `docs/decisions/0029` says why.
"""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from member_space.domain.api_scope import Scope

WRITES = frozenset({Scope.REQUESTS_DRAFT, Scope.MESSAGES_WRITE})
"""What does more than read: never ticked before the member ticks it."""
ACCESS_LIFE = timedelta(minutes=15)
CODE_LIFE = timedelta(minutes=1)
GRANT_DAYS = (1, 30, 90)
"""For how long a member may allow; nothing lasts longer than the last of them."""
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
GRANT_TYPES = ("authorization_code", "refresh_token", "client_credentials", TOKEN_EXCHANGE)
URI_MAX = 500

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PRINTABLE = re.compile(r"[!#-;=?-\[\]_a-z~]+", re.ASCII)
"""What an address is written with (RFC 3986), without quotes, angle brackets, backslash, nor anything to trip on."""
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_OWN_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+", re.ASCII)


def is_redirect_uri(uri: str) -> bool:
    """Whether a client may be registered with this address to come back to.

    https; http on this very machine alone (RFC 8252, 7.3); a scheme that is the turned-round domain of an application
    (7.1). Never a fragment, a user, a wildcard, nor a path that climbs.
    """
    if len(uri) > URI_MAX or not _PRINTABLE.fullmatch(uri) or "#" in uri or "*" in uri:
        return False
    try:
        parts = urlsplit(uri)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    if "@" in parts.netloc or "/../" in f"{parts.path}/":
        return False
    if parts.scheme == "https":
        return bool(host)
    if parts.scheme == "http":
        return host in _LOOPBACK
    return bool(_OWN_SCHEME.fullmatch(parts.scheme)) and uri.startswith(f"{parts.scheme}:/")


def is_challenge(text: str) -> bool:
    """Whether it is the SHA-256 of a verifier, in base64url without padding (RFC 7636, 4.2)."""
    return bool(_CHALLENGE.fullmatch(text))


def place_of(uri: str) -> str:
    """Where an address leads, as a person reads it: its host, or the scheme of an application."""
    parts = urlsplit(uri)
    return parts.hostname or parts.scheme


def access_ends(now: datetime, *ends: datetime | None) -> datetime:
    """When an access token given now ends: in a quarter of an hour, or before, with what it came from."""
    return min([now + ACCESS_LIFE, *(end for end in ends if end)])
