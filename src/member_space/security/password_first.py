"""« Un nouveau mot de passe d'abord »: who must change his gets no other page before (C11)."""

from collections.abc import Callable
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED

ROUTE = "password"


def password_first_deriver(view: Callable[..., Any], info: Any) -> Callable[..., Any]:
    """Sends to the page of the password whoever must change it; pages open to anybody stay open, leaving too.

    `before_new_password=True` on a view: answered all the same.
    """
    if info.options.get("permission") == NO_PERMISSION_REQUIRED or info.options.get("before_new_password"):
        return view

    def password_first(context: Any, request: Request) -> Any:
        if request.identity and request.identity.must_change_password:
            return HTTPSeeOther(request.route_path(ROUTE))
        return view(context, request)

    return password_first


password_first_deriver.options = ("before_new_password",)  # type: ignore[attr-defined]  # Pyramid's own protocol


def includeme(config: Any) -> None:
    config.add_view_deriver(password_first_deriver, name="password_first", under="secured_view", over="step_up")
