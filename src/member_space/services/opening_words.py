"""The opening hours in words, and whether somebody answers now."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from babel.dates import get_day_names
from translationstring import TranslationStringFactory

from member_space.domain.opening_hours import PARIS, Closed, Open, OpeningHours
from member_space.services.day_words import date_long
from member_space.services.translation import Translate

_ = TranslationStringFactory("member_space")

WEEK = timedelta(days=7)


def status_words(status: Open | Closed, today: date, say: Translate, locale: str) -> str:
    """« Ouvert jusqu’à 18 h » or « Fermé, réouvre lundi à 8 h 30 »."""
    if isinstance(status, Open):
        return say(_("Ouvert jusqu’à ${hour}", mapping={"hour": _hour_in_paris(status.until, locale)}))
    opening = status.next_opening
    if opening is None:
        return say(_("Fermé"))
    mapping = {"day": _day_words(opening, today, say, locale), "hour": _hour_in_paris(opening, locale)}
    return say(_("Fermé, réouvre ${day} à ${hour}", mapping=mapping))


def week_words(hours: OpeningHours, say: Translate, locale: str) -> str:
    """As within a sentence: « du lundi au vendredi de 8 h 30 à 18 h »; days with the same hours that follow each other
    are one phrase."""
    names = get_day_names("wide", locale=locale)
    phrases = []
    for first, last in _runs(hours):
        opening, closing = (hour_words(one, locale) for one in hours.week[first])
        mapping = {"first": names[first], "last": names[last], "opening": opening, "closing": closing}
        one_day = _("le ${first} de ${opening} à ${closing}", mapping=mapping)
        several = _("du ${first} au ${last} de ${opening} à ${closing}", mapping=mapping)
        phrases.append(say(one_day if first == last else several))
    return ", ".join(phrases)


def hour_words(at: time, locale: str = "fr") -> str:
    """« 8 h 30 », « 18 h »; in English « 08:30 », « 18:00 »."""
    if locale == "en":
        return f"{at:%H:%M}"
    return f"{at.hour}\u00a0h" + (f"\u00a0{at.minute:02d}" if at.minute else "")


def _hour_in_paris(at: datetime, locale: str) -> str:
    return hour_words(at.astimezone(PARIS).time(), locale)


def _day_words(at: datetime, today: date, say: Translate, locale: str) -> str:
    day = at.astimezone(PARIS).date()
    ahead = day - today
    if not ahead:
        return say(_("aujourd’hui"))
    if ahead == timedelta(days=1):
        return say(_("demain"))
    if ahead < WEEK:
        return str(get_day_names("wide", locale=locale)[day.weekday()])
    return say(_("le ${day}", mapping={"day": date_long(day, locale)}))


def _runs(hours: OpeningHours) -> Iterable[tuple[int, int]]:
    """(first, last) of each run of weekdays that follow each other with the same hours."""
    runs: list[tuple[int, int]] = []
    for day in sorted(hours.week):
        if runs and runs[-1][1] == day - 1 and hours.week[runs[-1][0]] == hours.week[day]:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs
