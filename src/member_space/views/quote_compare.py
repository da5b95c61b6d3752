"""« Comparer deux devis »: side by side per act, and the difference in a sentence (C84)."""

from collections.abc import Sequence
from typing import Any

from pyramid.request import Request
from pyramid.view import view_config
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.domain.quote_comparison import compare
from member_space.domain.readings import What
from member_space.domain.request import State
from member_space.models import Request as MemberRequest
from member_space.services.household import Household
from member_space.services.quote_compare import partner_of, quotes_of, sides_of
from member_space.views.rendering import date_long
from member_space.views.request_words import name_of, topic_of

_ = TranslationStringFactory("member_space")

FIELDS = ("devis", "avec")
UNKNOWN = _("Ce devis n’est pas dans votre espace\N{NO-BREAK SPACE}: choisissez-le dans la liste.")
TWICE = _("C’est deux fois le même devis\N{NO-BREAK SPACE}: choisissez-en un autre.")


@view_config(
    route_name="quote_compare",
    request_method="GET",
    permission=Permission.VIEW_REQUESTS,
    renderer="quote/compare.html.jinja2",
    reads=What.REQUEST,
)
def comparison(request: Request) -> dict[str, Any]:
    """The two that are asked, else the latest and its like; what cannot be read is a 422 that keeps what was chosen."""
    household: Household = request.context.household
    quotes = quotes_of(request.db, household)
    names = {str(one.public_id): name_of_quote(request, household, one) for one in quotes}
    given = {name: request.GET.get(name, "") for name in FIELDS}
    if quotes and not any(given.values()):
        latest = [quotes[0], partner_of(quotes, quotes[0]) or quotes[-1]]
        given = {name: str(one.public_id) for name, one in zip(FIELDS, latest, strict=True)}
    chosen = [next((one for one in quotes if str(one.public_id) == given[name]), None) for name in FIELDS]
    errors = {} if len(quotes) < 2 else _errors(given, chosen)
    if errors:
        request.response.status_int = 422
    both = [one for one in chosen if one]
    sides = sides_of(request.db, household, both) if len(both) == len(FIELDS) and not errors else []
    words = {name: request.localizer.translate(one) for name, one in errors.items()}
    return {
        "choices": list(names.items()),
        "given": given,
        "errors": [(name, words[name]) for name in FIELDS if name in words],
        "wrong": {name: words.get(name) for name in FIELDS},
        "sides": sides,
        "names": [names[str(one.quote.public_id)] for one in sides],
        "urls": [_url(request, one.quote) for one in sides],
        "compared": compare(sides[0].lines, sides[1].lines) if sides else None,
    }


def _errors(given: dict[str, str], chosen: Sequence[MemberRequest | None]) -> dict[str, Any]:
    errors = {name: UNKNOWN for name, one in zip(FIELDS, chosen, strict=True) if one is None}
    if not errors and given["devis"] == given["avec"]:
        errors["avec"] = TWICE
    return errors


def compare_path(request: Request, household: Household, quote: MemberRequest) -> str | None:
    """The way to this quote beside the latest like it; None where nothing is to be compared. One statement."""
    quotes = quotes_of(request.db, household)
    other = partner_of(quotes, quote) if any(one.id == quote.id for one in quotes) else None
    if other is None:
        return None
    query = {"devis": str(quote.public_id), "avec": str(other.public_id)}
    return str(request.route_path("quote_compare", _query=query))


def name_of_quote(request: Request, household: Household, quote: MemberRequest) -> str:
    """« Dentaire, Léa Martin, envoyé le 12 mars 2026 », with the number of one that was sent."""
    locale, say = request.locale_name, request.localizer.translate
    at = quote.sent_at or quote.activity_at
    words = _("brouillon du ${day}") if quote.state == State.DRAFT else _("${number} du ${day}")
    when = say(words, mapping={"day": date_long(at.date(), locale), "number": quote.number or ""})
    parts = (topic_of(request, quote).label.in_(locale), name_of(household, quote.person_id), when)
    return ", ".join(part for part in parts if part)


def _url(request: Request, quote: MemberRequest) -> str:
    return str(request.route_path("request", request_id=quote.public_id))
