"""Whether an adviser answers now, and the hours in words, for the footer and the pages of help."""

from typing import Any

from pyramid.events import BeforeRender
from pyramid.request import Request

from member_space.domain.opening_hours import Closed, Open, OpeningHours
from member_space.interfaces import IClock
from member_space.services.opening import read_opening_hours
from member_space.services.opening_words import status_words, week_words


def opening_status(request: Request) -> Open | Closed:
    """Open until, or closed until; no query."""
    hours: OpeningHours = request.registry.opening_hours
    return hours.status(request.registry.getUtility(IClock).now())


def opening_words(request: Request) -> str:
    """« Ouvert jusqu’à 18 h » or « Fermé, réouvre lundi à 8 h 30 »."""
    today = request.registry.getUtility(IClock).today()
    return status_words(request.opening, today, request.localizer.translate, request.locale_name)


def week_in_words(request: Request) -> str:
    """« Du lundi au vendredi de 8 h 30 à 18 h », as a sentence begins."""
    words: str = request.week_words_inline
    return words[:1].upper() + words[1:]


def week_in_words_inline(request: Request) -> str:
    """As within a sentence: « du lundi au vendredi de 8 h 30 à 18 h »."""
    return week_words(request.registry.opening_hours, request.localizer.translate, request.locale_name)


def add_opening(event: BeforeRender) -> None:
    request = event["request"]
    if request is not None:
        event["help_line"] = request.opening
        event["opening_words"] = request.opening_words
        event["opening_hours"] = request.week_words


def includeme(config: Any) -> None:
    """Read the setting, so that a mistake in it stops the boot, and give pages their three words."""
    config.registry.opening_hours = read_opening_hours(config.registry.member_space.brand.opening_hours)
    config.add_request_method(opening_status, "opening", reify=True)
    config.add_request_method(opening_words, "opening_words", reify=True)
    config.add_request_method(week_in_words, "week_words", reify=True)
    config.add_request_method(week_in_words_inline, "week_words_inline", reify=True)
    config.add_subscriber(add_opening, BeforeRender, page=True)
