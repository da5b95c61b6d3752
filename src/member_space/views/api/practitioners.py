"""The directory of practitioners, asked as on its page: the same words, the same limits."""

from typing import Any

from pyramid.request import Request
from translationstring import TranslationStringFactory
from webob.multidict import MultiDict

from member_space.domain.permissions import Permission
from member_space.domain.whereabouts import PlaceProblem, Whereabouts
from member_space.forms.practitioner_search import AskedPractitioners, read_search
from member_space.services.practitioner_days import directory_days
from member_space.services.practitioner_search import Found, search
from member_space.services.speciality import specialities
from member_space.services.whereabouts import find_place
from member_space.views import practitioner_words as words
from member_space.views.api.endpoint import asked, endpoint
from member_space.views.api.invalid import Unfit
from member_space.views.api.values import answer
from member_space.views.whereabouts_words import PROBLEMS
from member_space.views.words import data_words

_ = TranslationStringFactory("member_space")

DIRECTORY = _("Trouver un professionnel de santé")
NAMES = {
    "speciality": "specialite",
    "place": "lieu",
    "radius": "rayon",
    "sector": "secteur",
    "third_party": "tiers-payant",
    "network": "reseau",
    "cursor": "apres",
}
"""Of the page's own query, by the names of the document."""


@endpoint("api_practitioners", Permission.VIEW_DIRECTORY)
def practitioners(request: Request) -> dict[str, Any]:
    """The nearest first; each fact with the directory that tells it, as their licence asks."""
    searched = _read(asked(request))
    place = _place(searched.typed["lieu"])
    if searched.speciality is None:
        raise Unfit("speciality", searched.errors["specialite"])
    found = search(request.db, searched.speciality.code, place.point, searched.radius, searched.filters, searched.after)
    days = directory_days(request.db)
    body = {
        "around": place.label,
        "radius": searched.radius,
        "practitioners": [_shown(request, one) for one in found.found],
        "sources": [
            {"name": request.localizer.translate(words.SOURCES[name]), "as_of": day} for name, day in days.items()
        ],
        "page": {"next": found.next and str(found.next)},
    }
    query = {"specialite": searched.speciality.code, "lieu": place.label, "rayon": str(searched.radius)}
    return answer(request, body, source=(DIRECTORY, request.route_url("practitioners", _query=query)))


def _read(query: dict[str, Any]) -> AskedPractitioners:
    """The query in the page's words, read as the page reads it; the first thing that cannot be read is told."""
    typed = MultiDict()
    for name, value in query.items():
        for one in value if isinstance(value, list) else [value]:
            typed.add(NAMES[name], "1" if one is True else "" if one is False else str(one))
    searched = read_search(typed)
    names = {theirs: ours for ours, theirs in NAMES.items()}
    for name, told in searched.errors.items():
        choices = [one.code for one in searched.proposed] if name == "specialite" else []
        raise Unfit(names.get(name, name), told, choices=choices)
    return searched


def _place(typed: str) -> Whereabouts:
    try:
        return find_place(typed)
    except PlaceProblem as problem:
        choices = [one.label for one in problem.choices]
        raise Unfit("place", PROBLEMS[problem.reason], choices=choices) from None


def _shown(request: Request, one: Found) -> dict[str, Any]:
    practice, say = one.practice, request.localizer.translate
    sector = words.told_sector(practice)
    return {
        "id": practice.public_id,
        "name": words.name_of(practice),
        "speciality": {
            "code": practice.speciality,
            "label": data_words(specialities().by_code[practice.speciality].label),
        },
        "address": words.address_of(practice),
        "phone": practice.phone or None,
        "distance": say(words.distance_words(one.distance, practice.precision, request.locale_name)),
        "sector": words.sector_key(practice),
        "sector_words": sector and f"{say(sector.label)}, {say(sector.gloss)}",
        "third_party": practice.third_party,
        "network": practice.network,
        "source": practice.source,
        "url": request.route_url("practitioner", practice_id=practice.public_id),
    }
