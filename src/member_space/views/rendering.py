"""What every template may use: globals and filters, all of them pure of queries."""

import secrets
from datetime import date, datetime
from typing import Any

from pyramid.events import BeforeRender
from pyramid.request import Request
from pyramid.threadlocal import get_current_request

from member_space.domain.dates import date_short
from member_space.domain.money import format_money, format_rate
from member_space.domain.opening_hours import PARIS
from member_space.domain.quotation import parts_of
from member_space.domain.reference import AgeRule
from member_space.services import day_words
from member_space.services.age import age_of
from member_space.services.contact_points import shown_phone
from member_space.services.request_receipt import size_words
from member_space.views import words
from member_space.views.guarantee_words import by_kind


def _locale() -> str:
    """The language of the page that is being made, French outside of one."""
    request = get_current_request()
    return str(request.locale_name) if request else "fr"


def date_long(day: date, locale: str | None = None) -> str:
    """« 12 mars 2026 », « 1er mars 2026 »."""
    return day_words.date_long(day, locale or _locale())


def time_of_day(at: datetime, locale: str | None = None) -> str:
    """« 14 h 05 », in Paris; in English « 14:05 »."""
    local = at.astimezone(PARIS)
    return f"{local:%H:%M}" if (locale or _locale()) == "en" else f"{local.hour}\u00a0h\u00a0{local.minute:02d}"


def datetime_long(at: datetime, locale: str | None = None) -> str:
    """« 12 mars 2026, 14 h 05 », in Paris."""
    return f"{date_long(at.astimezone(PARIS).date(), locale)}, {time_of_day(at, locale)}"


def euros(amount: int, locale: str | None = None) -> str:
    """Cents as « 1 234,50 € », in English « €1,234.50 »."""
    return format_money(amount, locale or _locale())


def rate(value: int, locale: str | None = None) -> str:
    """Hundredths of a percent as « 65,5 % », in English « 65.5% »."""
    return format_rate(value, locale or _locale())


def whole_euros(amount: int, locale: str | None = None) -> str:
    """As `euros`, of a whole number of euros and without its cents: « 250 € »."""
    locale = locale or _locale()
    head, _mark, tail = euros(amount, locale).rpartition("." if locale == "en" else ",")
    return head + tail[2:]


def inline(words: str) -> str:
    """Words that begin a line elsewhere, within a sentence: « Depuis le 12 mars » as « depuis le 12 mars »."""
    return words[:1].lower() + words[1:]


def file_size(size: int) -> str:
    """« 2,4 Mo », « 640 ko »."""
    request = get_current_request()
    return size_words(size, request.localizer.translate)


FILTERS = {
    "file_size": file_size,
    "by_kind": by_kind,
    "euros": euros,
    "rate": rate,
    "whole_euros": whole_euros,
    "inline": inline,
    "data_words": words.data_words,
    "date_long": date_long,
    "date_short": date_short,
    "datetime_long": datetime_long,
    "time": time_of_day,
    "phone": shown_phone,
    "quotation": parts_of,
}


def csp_nonce(request: Request) -> str:  # noqa: ARG001 - a request method
    """One nonce a response, in the header and in the page."""
    return secrets.token_urlsafe(16)


SAME_FOR_ALL = {"asset", "content"}
"""Routes whose parts are a short list of names of ours: their paths may be kept."""


def path_to(request: Request, route: str, **parts: Any) -> str:
    """As `request.route_path`; a path that is the same for everybody is kept, as a page asks for forty of them."""
    if parts and route not in SAME_FOR_ALL:
        return str(request.route_path(route, **parts))
    key = (request.script_name, route, *sorted(parts.items()))
    kept: dict[tuple[Any, ...], str] = request.registry.paths
    if key not in kept:
        kept[key] = request.route_path(route, **parts)
    return kept[key]


class OfAPage:
    """The subscriber predicate ``page=True``: what templates are given, the JSON of the API has no use for."""

    def __init__(self, _value: bool, _config: Any) -> None:
        pass

    def text(self) -> str:
        return "page = True"

    phash = text

    def __call__(self, event: BeforeRender) -> bool:
        return str(event["renderer_name"]).endswith(".jinja2")


def add_globals(event: BeforeRender) -> None:
    request = event["request"]
    if request is None:
        return
    event["asset"] = request.asset_path
    event["brand"] = request.registry.brand
    event["csp_nonce"] = request.csp_nonce
    event["identity"] = request.identity
    event["url"] = request.path_to
    event["years"] = lambda rule: age_of(AgeRule(rule), request.tools.today())
    event.setdefault("notices", ())


def includeme(config: Any) -> None:
    config.registry.paths = {}
    config.add_request_method(path_to, "path_to")
    config.add_request_method(csp_nonce, "csp_nonce", reify=True)
    config.add_jinja2_search_path("member_space.templates:", name=".jinja2")
    config.add_subscriber_predicate("page", OfAPage)
    config.add_subscriber(add_globals, BeforeRender, page=True)

    def set_environment() -> None:
        environment = config.get_jinja2_environment()
        environment.filters.update(FILTERS)
        environment.globals.update({"gettext": words.gettext, "_": words.gettext})
        # As the catalogue's extraction does (locale/babel.cfg): line breaks of a text are not part of it.
        environment.policies["ext.i18n.trimmed"] = True

    config.action(None, set_environment, order=9999)
