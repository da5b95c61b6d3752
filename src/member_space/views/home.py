"""The first page of a member (S-HCR-16 to 22)."""

from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from babel.dates import format_date
from pyramid.request import Request
from pyramid.view import view_config

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.services.care_line import insured_seen
from member_space.services.home import MOST_TO_DO, HomePage, home_of
from member_space.services.household import Household
from member_space.services.synthesis import Share, TwelveMonths
from member_space.views.request_words import cards_of
from member_space.views.words import data_words


@view_config(
    route_name="home",
    request_method="GET",
    permission=Permission.VIEW_HOME,
    renderer="home/home.html.jinja2",
    reads=What.HOME,
)
def home(request: Request) -> dict[str, Any]:
    household: Household = request.context.household
    page = home_of(request.db, household)
    return {
        "asks_sms": page.asks_sms,
        **_to_do(request, page),
        "lines": page.lines,
        "several": len(list(household.persons())) > 1,
        "insured": insured_seen(household),
        "synthesis": page.synthesis,
        "families": [_in_words(share) for share in page.synthesis.families],
        "months": bars_of(page.synthesis, request.locale_name),
    }


def _to_do(request: Request, page: HomePage) -> dict[str, Any]:
    """What awaits the member, at most five cards: papers asked by their day, then links that stopped, then drafts."""
    cards = cards_of(request, page.under_way, page.under_way.drafts)
    left = MOST_TO_DO - len(cards["asked"])
    return cards | {"to_do": page.to_do[:left], "drafts": cards["drafts"][: max(0, left - len(page.to_do))]}


def _in_words(share: Share) -> Share:
    return replace(share, label=data_words(share.label)) if share.label else share


def bars_of(synthesis: TwelveMonths, locale: str) -> list[dict[str, Any]]:
    """The months as the chart takes them."""
    return [
        {
            "short": _named(month.first, "LLL", locale),
            "long": _named(month.first, "LLLL y", locale),
            "to_you": month.paid.to_insured,
            "to_others": month.paid.to_third_parties,
        }
        for month in synthesis.months
    ]


@lru_cache(256)
def _named(first: date, pattern: str, locale: str) -> str:
    """The name of a month: the same twelve for everybody, all month long."""
    return str(format_date(first, pattern, locale=locale))
