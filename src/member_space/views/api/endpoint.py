"""A view of the API: what it needs, and how its answer is kept by who asked."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from pyramid.httpexceptions import HTTPNotAcceptable
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from member_space.domain.permissions import Permission
from member_space.domain.readings import What

JSON = "application/json"
VARY = ("Authorization", "Accept-Language")


def endpoint(
    route_name: str, permission: Permission, *, reads: What | None = None, method: str = "GET", **options: Any
) -> view_config:
    """Decorates a view that returns what its JSON says; question and answer are held to the published document.

    ``reads``: whose data it shows, as a page says it (`security.readings`). No CSRF token: beneath /api/ no cookie is
    read (`security.policy`), so no browser can be made to ask there in a member's name.
    """
    return view_config(
        route_name=route_name,
        permission=permission,
        request_method=method,
        reads=reads,
        renderer="api",
        openapi=True,
        decorator=_kept,
        require_csrf=False,
        # A token has no page to change a password on; its account may always take it back.
        before_new_password=True,
        **options,
    )


def _kept(view: Callable[..., Response]) -> Callable[..., Response]:
    """Refuses who wants no JSON (406); marks the answer, so that who has the same already is told so (304)."""

    def answer(context: Any, request: Request) -> Response:
        if not request.accept.acceptable_offers([JSON]):
            raise HTTPNotAcceptable
        return mark(request, view(context, request))

    return answer


def asked(request: Request) -> dict[str, Any]:
    """The query as the document says it: days, ids and numbers as such, those that were not given left out."""
    return dict(request.openapi_validated.parameters.query)


def mark(request: Request, response: Response, *, whose: str = "private") -> Response:
    """The strong ETag of a reading, and who may keep it: its own client, which asks again each time."""
    response.headers["Content-Language"] = request.locale_name
    response.headers["Cache-Control"] = f"{whose}, no-cache"
    response.vary = VARY
    if request.method in ("GET", "HEAD") and response.status_int == 200:
        response.etag = sha256(response.body).hexdigest()[:32]
        response.conditional_response = True
    return response
