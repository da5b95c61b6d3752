"""Step-up: a view that says `step_up=True` is answered only within five minutes of a second factor (C12)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request

from member_space.security.addresses import is_own_path
from member_space.security.drafts import come_back_to

FRESH_FOR = timedelta(minutes=5)
PAGE = "/confirmer-identite"


def is_fresh(request: Request) -> bool:
    """Whether who is signed in has just proved it again."""
    proved = request.identity.proved_at if request.identity else None
    return proved is not None and request.tools.now() - proved < FRESH_FOR


def step_up_deriver(view: Callable[..., Any], info: Any) -> Callable[..., Any]:
    """Sends to the page of the second factor, and back; inside the permission, so that nobody learns a page exists."""
    if not info.options.get("step_up"):
        return view

    def asked_again(context: Any, request: Request) -> Any:
        if is_fresh(request):
            return view(context, request)
        back = come_back_to(request)
        # A longer one would be no address at all: who proved himself asks it again.
        return HTTPSeeOther(f"{PAGE}?{urlencode({'next': back})}" if is_own_path(back) else PAGE)

    return asked_again


step_up_deriver.options = ("step_up",)  # type: ignore[attr-defined]  # Pyramid's own protocol


def includeme(config: Any) -> None:
    config.add_view_deriver(step_up_deriver, name="step_up", under="secured_view")
