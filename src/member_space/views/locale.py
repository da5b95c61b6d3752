"""The language of the pages: the visitor's choice, else what the browser asks for, else French."""

from typing import Any

from pyramid.events import BeforeRender
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from member_space.security.addresses import safe_next

LOCALES = ("fr", "en")
NAMES = {"fr": "Français", "en": "English"}
COOKIE = "language"
ONE_YEAR = 365 * 24 * 3600


def negotiate(request: Request) -> str:
    """One of LOCALES."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LOCALES:
        return str(chosen)
    return str(request.accept_language.lookup(list(LOCALES), default=LOCALES[0]))


def switch_of(request: Request) -> dict[str, str]:
    """The same page in the other language, for the footer."""
    other = next(locale for locale in LOCALES if locale != request.locale_name)
    here = request.path_qs if request.method == "GET" else request.path
    return {
        "code": other,
        "label": NAMES[other],
        "url": request.route_path("language", locale=other, _query={"next": here}),
    }


@view_config(route_name="language", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def choose_language(request: Request) -> Response:
    """Keep the choice in a cookie, a year, and go back to the page; it changes nothing that a prefetch could spoil."""
    response = HTTPSeeOther(safe_next(request.GET.get("next"), "/"))
    response.set_cookie(
        COOKIE,
        request.matchdict["locale"],
        max_age=ONE_YEAR,
        secure=request.registry.member_space.cookie_secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def _add_switch(event: Any) -> None:
    if event["request"] is not None:
        event["language_switch"] = switch_of(event["request"])


def includeme(config: Any) -> None:
    config.set_locale_negotiator(negotiate)
    config.add_subscriber(_add_switch, BeforeRender, page=True)
