"""« Trouver un professionnel de santé »: the search and its list (S-HCR-40 to 44, C87 to C92).

A speciality and a place are asked in the address of the page, so that it can be kept and sent. A position is not: it
is posted, used for the one answer, and neither kept nor logged.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markupsafe import Markup
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from member_space.domain.geo import Point
from member_space.domain.permissions import Permission
from member_space.domain.whereabouts import PlaceProblem, Whereabouts
from member_space.forms.practitioner_search import AskedPractitioners, read_search
from member_space.security.headers import content_security_policy
from member_space.services.practitioner_days import directory_days
from member_space.services.practitioner_search import DEFAULT_RADIUS, RADII, SECTORS, Results, search
from member_space.services.speciality import specialities
from member_space.services.throttling import TooManyTries, count_turn, network_of
from member_space.services.whereabouts import check_position, find_place, place_of_key
from member_space.views import practitioner_words as words
from member_space.views.errors import too_many_tries
from member_space.views.practitioner_map import map_of
from member_space.views.practitioner_simulation import simulator_url
from member_space.views.whereabouts_words import PROBLEMS
from member_space.views.words import data_words

FIELDS = ("specialite", "lieu", "rayon", "secteur", "apres")
RESULTS = "resultats"
"""Where the list begins: on a telephone it is a screen below the form."""
PUBLIC_SEARCHES = 120
"""Of visitors who are not signed in, from one network in a quarter of an hour: a whole waiting room, and no robot."""
Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Around:
    """Where to search, as it is told (« autour de vous » without a label). ``position``: as it was posted."""

    point: Point
    label: str = ""
    position: Pairs | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Another search: a link, or where a position is in it a form that is posted again."""

    fields: Pairs
    href: str | None


@view_config(
    route_name="practitioners",
    request_method="GET",
    permission=Permission.VIEW_DIRECTORY,
    renderer="practitioner/search.html.jinja2",
)
def practitioners(request: Request) -> dict[str, Any] | Response:
    """The form, then the list beneath; what cannot be read is a 422 that keeps all that was typed."""
    asked = read_search(request.GET)
    if not asked.is_asked:
        return _page(request, asked, None)
    return _answer(request, asked, None)


@view_config(
    route_name="practitioners",
    request_method="POST",
    permission=Permission.VIEW_DIRECTORY,
    renderer="practitioner/search.html.jinja2",
)
def around_me(request: Request) -> dict[str, Any] | Response:
    """The same around a position. A place typed meanwhile is searched in its stead, by its address."""
    asked = read_search(request.POST)
    if asked.typed["lieu"]:
        return HTTPSeeOther(request.route_path("practitioners", _query=_fields(asked), _anchor=RESULTS))
    position = [(name, request.POST.get(name, "")) for name in ("latitude", "longitude")]
    return _answer(request, asked, position)


def _answer(request: Request, asked: AskedPractitioners, position: Pairs | None) -> dict[str, Any] | Response:
    if slowed := slowed_visitor(request, "directory search"):
        return slowed
    around, choices, problem = _where(asked, position)
    if problem:
        asked.errors["lieu"] = problem
    results = None
    if asked.speciality and around:
        results = search(request.db, asked.speciality.code, around.point, asked.radius, asked.filters, asked.after)
    return _page(request, asked, around, results, choices)


def slowed_visitor(request: Request, what: str) -> Response | None:
    """The answer to a visitor whose network asks too much; None to a member, and to whoever may go on."""
    if request.identity is None:
        try:
            count_visitor(request, what, PUBLIC_SEARCHES)
        except TooManyTries as refusal:
            return too_many_tries(request, refusal.wait, "too_many_searches")
    return None


def count_visitor(request: Request, what: str, limit: int) -> None:
    """One more of this network; that it asked is kept for a day, never what. Raises TooManyTries."""
    index, network = request.tools.cipher.blind_index(what), network_of(request.origin.ip)
    count_turn(request.db, index, network, request.tools.now(), limit=limit)


def _where(asked: AskedPractitioners, position: Pairs | None) -> tuple[Around | None, tuple[Whereabouts, ...], Any]:
    """Where to search; else the places that may be meant, and what is wrong."""
    try:
        if position is not None:
            return Around(check_position(*(value for _name, value in position)), position=position), (), None
        typed, key = asked.typed["lieu"], asked.typed["commune"]
        known = place_of_key(key) if key else None
        place = known if known and known.label == typed else find_place(typed)
        return Around(place.point, place.label), (), None
    except PlaceProblem as problem:
        return None, problem.choices, PROBLEMS[problem.reason]


def _fields(asked: AskedPractitioners, **changes: str | None) -> Pairs:
    """The search as the fields of a form or of an address; a change of None leaves one out."""
    typed = asked.typed
    kept = {
        "specialite": asked.speciality.code if asked.speciality else typed["specialite"],
        "lieu": typed["lieu"],
        "commune": typed["commune"],
        "rayon": typed["rayon"] if typed["rayon"] != str(DEFAULT_RADIUS) else "",
        "tiers-payant": "1" if asked.filters.third_party else "",
        "reseau": "1" if asked.filters.network else "",
    } | changes
    sectors = [] if "secteur" in changes else [("secteur", one) for one in asked.sectors]
    return [(name, value) for name, value in kept.items() if value] + sectors


def _step(request: Request, asked: AskedPractitioners, around: Around | None, **changes: str | None) -> Step:
    fields = _fields(asked, **changes)
    if around and around.position:
        return Step([*fields, *around.position], None)
    return Step(fields, str(request.route_path("practitioners", _query=fields, _anchor=RESULTS)))


def _page(
    request: Request,
    asked: AskedPractitioners,
    around: Around | None,
    results: Results | None = None,
    choices: Iterable[Whereabouts] = (),
) -> dict[str, Any]:
    translate = request.localizer.translate
    errors = {name: translate(said) for name, said in asked.errors.items()}
    if errors:
        request.response.status_int = 422
    speciality = asked.speciality
    days = directory_days(request.db)
    tiles = request.registry.member_space.map_tiles
    if results and tiles:
        policy = content_security_policy(request.csp_nonce, tiles.host)
        request.response.headers["Content-Security-Policy"] = policy
    return {
        "asked": asked,
        "typed": asked.typed | ({"specialite": data_words(speciality.label)} if speciality else {}),
        "errors": [(name, errors[name]) for name in FIELDS if name in errors],
        "wrong": {name: errors.get(name) for name in FIELDS},
        "labels": labels_of(tuple(data_words(one.label) for one in specialities())),
        "radii": [(str(radius), f"{radius}\u00a0km") for radius in RADII],
        "sectors": [(key, *map(translate, words.SECTOR_FILTERS[key])) for key in SECTORS],
        "meant": [
            (data_words(one.label), _step(request, asked, around, specialite=one.code)) for one in asked.proposed
        ],
        "places": [(one.label, _step(request, asked, None, lieu=one.label, commune=one.key)) for one in choices],
        "heading": data_words(speciality.heading) if speciality else "",
        "around": around,
        "results": results,
        "shown": [shown_of(request, one.practice, days, one.distance) for one in results.found] if results else [],
        "more": _step(request, asked, around, apres=str(results.next)) if results and results.next else None,
        "first": _step(request, asked, around) if asked.after else None,
        **_wider(request, asked, around),
        "sources": words.sources_of(days),
        "map": map_of(tiles, around.point if around else None, asked.radius),
    }


def _wider(request: Request, asked: AskedPractitioners, around: Around | None) -> dict[str, Any]:
    """What to do where nothing is found: search farther, or with fewer conditions."""
    filters = asked.filters
    farther = next((radius for radius in RADII if radius > asked.radius), None)
    plain = {"tiers-payant": None, "reseau": None, "secteur": None}
    return {
        "farther": (farther, _step(request, asked, around, rayon=str(farther))) if farther else None,
        "unfiltered": _step(request, asked, around, **plain)
        if filters.third_party or filters.network or filters.sectors
        else None,
    }


def shown_of(request: Request, practice: Any, days: dict[str, Any], distance: float | None = None) -> dict[str, Any]:
    """One place as its card and its page tell it."""
    sector = words.sector_key(practice)
    speciality = specialities().by_code[practice.speciality]
    return {
        "practice": practice,
        "name": words.name_of(practice),
        "speciality": data_words(speciality.label),
        "address": words.address_of(practice),
        "town": words.town_of(practice),
        "distance": None
        if distance is None
        else words.distance_words(distance, practice.precision, request.locale_name),
        "precision": words.precision_words(distance, practice.precision),
        "sector": words.told_sector(practice),
        "third_party": words.THIRD_PARTY[practice.third_party],
        "source": practice.source,
        "sources": words.SOURCES,
        "short": words.SHORT,
        "days": days,
        "directions": words.directions(practice, request.user_agent or ""),
        "simulator": simulator_url(request, speciality, sector),
    }


@lru_cache(maxsize=4)
def labels_of(labels: tuple[str, ...]) -> Markup:
    """The choices of the list, always the same: written once a language."""
    return Markup().join(Markup('<option value="{}"></option>').format(label) for label in labels)
