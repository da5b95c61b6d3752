"""The cookie that binds a request for a proof to the browser that made it; one a purpose, never in a URL."""

from pyramid.request import Request
from pyramid.response import Response

from member_space.services.challenge import Purpose


def _name(request: Request, purpose: Purpose) -> str:
    prefix = "__Host-" if request.registry.member_space.cookie_secure else ""
    return f"{prefix}proof-{purpose.value.replace('_', '-')}"


def challenge_token(request: Request, purpose: Purpose) -> str | None:
    """The token that this browser holds for this purpose: what services.challenge.challenge_of_token takes."""
    found: str | None = request.cookies.get(_name(request, purpose))
    return found or None


def keep_challenge(request: Request, response: Response, purpose: Purpose, token: str) -> Response:
    """Give the browser the token of its request; it goes with the browser's session, or with `forget_challenge`."""
    secure = request.registry.member_space.cookie_secure
    response.set_cookie(_name(request, purpose), token, secure=secure, httponly=True, samesite="Lax")
    return response


def forget_challenge(request: Request, response: Response, purpose: Purpose) -> Response:
    """Take the token away, once what it allowed is done."""
    secure = request.registry.member_space.cookie_secure
    response.set_cookie(_name(request, purpose), None, max_age=0, secure=secure, httponly=True, samesite="Lax")
    return response
