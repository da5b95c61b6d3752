"""Where a request comes from, and where it may be sent next."""

import ipaddress
from typing import Any
from urllib.parse import quote, unquote

from pyramid.request import Request

NEXT_MAX = 4000
"""Of an address that is come back to, as it is written into the address of a door, which must stay beneath
`bad_input.URL_MAX`: an application's question is long."""


def client_ip(request: Request) -> str | None:
    """The address of the browser, or None when it is not one (a Unix socket).

    Each of our own proxies appends the address that it saw to X-Forwarded-For: counted from the right, so many as
    `proxies.trusted`, the rest was written by the visitor and proves nothing.
    """
    trusted = request.registry.member_space.trusted_proxies
    address = request.environ.get("REMOTE_ADDR", "")
    if trusted:
        chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
        address = chain[-trusted] if len(chain) >= trusted else address
    try:
        return str(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return None


def trust_scheme(event: Any) -> None:
    """Behind our own proxy the scheme is what that proxy says (the CSRF origin check depends on it)."""
    request = event.request
    if request.registry.member_space.trusted_proxies:
        scheme = request.headers.get("X-Forwarded-Proto", "").rpartition(",")[2].strip()
        if scheme in ("http", "https"):
            request.scheme = scheme


def is_own_path(value: str) -> bool:
    """Whether a browser sent there stays on this site: one absolute path, however often it is decoded."""
    if not value.isascii() or " " in value or len(quote(value, safe="")) > NEXT_MAX:
        return False
    for _ in range(4):
        path = value.partition("?")[0]
        if not value.isprintable() or not path.startswith("/") or "//" in path or "\\" in path:
            return False
        decoded = unquote(value)
        if decoded == value:
            return True
        value = decoded
    return False


def safe_next(value: str | None, default: str) -> str:
    """The path to go to after signing in; `default` when the one asked leads elsewhere or back to the door."""
    if not value or not is_own_path(value):
        return default
    path = value.partition("?")[0].rstrip("/")
    return default if path in ("/connexion", "/deconnexion") else value
