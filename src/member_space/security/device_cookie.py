"""The cookie of a browser that an account trusts; it stays after signing out, and rolls at each sign-in."""

from pyramid.request import Request
from pyramid.response import Response
from webob.cookies import make_cookie

from member_space.services.device import TRUSTED_FOR


def _name(request: Request) -> str:
    return "__Host-device" if request.registry.member_space.cookie_secure else "device"


def device_token(request: Request) -> str | None:
    """The token that this browser brought; services.device tells what it is worth."""
    found: str | None = request.cookies.get(_name(request))
    return found or None


def keep_device(request: Request, response: Response, token: str) -> None:
    """Give the browser the token of its device, never shown to a script, for as long as it is trusted."""
    cookie = make_cookie(
        _name(request),
        token,
        max_age=int(TRUSTED_FOR.total_seconds()),
        secure=request.registry.member_space.cookie_secure,
        httponly=True,
        samesite="Lax",
    )
    response.headerlist.append(("Set-Cookie", cookie))
