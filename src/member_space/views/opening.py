"""Whether an adviser answers now, and the hours in words, for the footer and the pages of help."""

from datetime import datetime, time, timedelta
from typing import Any

from babel.dates import get_day_names
from pyramid.events import BeforeRender
from pyramid.request import Request
from translationstring import TranslationStringFactory

from member_space.domain.opening_hours import PARIS, Closed, Open, OpeningHours
from member_space.interfaces import IClock
from member_space.services.opening import read_opening_hours
from member_space.views.rendering import date_long

_ = TranslationStringFactory("member_space")

WEEK = timedelta(days=7)


def opening_status(request: Request) -> Open | Closed:
    """Open until, or closed until; no query."""
    hours: OpeningHours = request.registry.opening_hours
    return hours.status(request.registry.getUtility(IClock).now())


def opening_words(request: Request) -> str:
    """« Ouvert jusqu’à 18 h » or « Fermé, réouvre lundi à 8 h 30 »."""
    translate = request.localizer.translate
    status = request.opening
    if isinstance(status, Open):
        return str(translate(_("Ouvert jusqu’à ${hour}", mapping={"hour": _hour_in_paris(request, status.until)})))
    if status.next_opening is None:
        return str(translate(_("Fermé")))
    mapping = {"day": _day_words(request, status.next_opening), "hour": _hour_in_paris(request, status.next_opening)}
    return str(translate(_("Fermé, réouvre ${day} à ${hour}", mapping=mapping)))


def week_words(request: Request) -> str:
    """« Du lundi au vendredi de 8 h 30 à 18 h », as a sentence begins."""
    words: str = request.week_words_inline
    return words[:1].upper() + words[1:]


def week_words_inline(request: Request) -> str:
    """As within a sentence: « du lundi au vendredi de 8 h 30 à 18 h »; days with the same hours that follow each other
    are one phrase."""
    week = request.registry.opening_hours.week
    names = get_day_names("wide", locale=request.locale_name)
    phrases = []
    for first, last in _runs(week):
        opening, closing = (hour_words(one, request.locale_name) for one in week[first])
        hours = {"first": names[first], "last": names[last], "opening": opening, "closing": closing}
        one_day = _("le ${first} de ${opening} à ${closing}", mapping=hours)
        several = _("du ${first} au ${last} de ${opening} à ${closing}", mapping=hours)
        phrases.append(str(request.localizer.translate(one_day if first == last else several)))
    return ", ".join(phrases)


def hour_words(at: time, locale: str = "fr") -> str:
    """« 8 h 30 », « 18 h »; in English « 08:30 », « 18:00 »."""
    if locale == "en":
        return f"{at:%H:%M}"
    return f"{at.hour}\u00a0h" + (f"\u00a0{at.minute:02d}" if at.minute else "")


def _hour_in_paris(request: Request, at: datetime) -> str:
    return hour_words(at.astimezone(PARIS).time(), request.locale_name)


def _day_words(request: Request, at: datetime) -> str:
    translate = request.localizer.translate
    day = at.astimezone(PARIS).date()
    ahead = day - request.registry.getUtility(IClock).today()
    if not ahead:
        return str(translate(_("aujourd’hui")))
    if ahead == timedelta(days=1):
        return str(translate(_("demain")))
    if ahead < WEEK:
        return str(get_day_names("wide", locale=request.locale_name)[day.weekday()])
    return str(translate(_("le ${day}", mapping={"day": date_long(day, request.locale_name)})))


def _runs(week: Any) -> list[tuple[int, int]]:
    """(first, last) of each run of weekdays that follow each other with the same hours."""
    runs: list[tuple[int, int]] = []
    for day in sorted(week):
        if runs and runs[-1][1] == day - 1 and week[runs[-1][0]] == week[day]:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


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
    config.add_request_method(week_words, "week_words", reify=True)
    config.add_request_method(week_words_inline, "week_words_inline", reify=True)
    config.add_subscriber(add_opening, BeforeRender)
