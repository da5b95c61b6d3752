"""« Ce qu'il me reste de mes forfaits »: the page, and its days as a calendar (C32)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from pyramid.i18n import TranslationStringFactory
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from member_space.domain.allowance import Allowance
from member_space.domain.guarantee import CapPeriod
from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.services.allowance import AllowancePage, allowances_of
from member_space.services.calendar_file import Day, to_calendar
from member_space.views.download import download

_ = TranslationStringFactory("member_space")


@view_config(
    route_name="allowances",
    request_method="GET",
    permission=Permission.VIEW_REIMBURSEMENTS,
    renderer="allowance/page.html.jinja2",
    reads=What.REIMBURSEMENTS,
)
def page(request: Request) -> dict[str, Any]:
    """Used, left, and when it comes back, by person."""
    return {"page": allowances_of(request.db, request.context.household), "today": request.context.household.today}


@view_config(
    route_name="allowances_calendar",
    request_method="GET",
    permission=Permission.VIEW_REIMBURSEMENTS,
    reads=What.REIMBURSEMENTS,
)
def calendar(request: Request) -> Response:
    """The days of the page as a file."""
    household = request.context.household
    found = allowances_of(request.db, household)
    days = list(_days(request, found, household.today))
    name = request.localizer.translate(_("Mes forfaits santé"))
    body = to_calendar(name, request.registry.brand.name, days, request.tools.now())
    return download(body, "forfaits.ics", "text/calendar; charset=utf-8")


def _days(request: Request, found: AllowancePage, today: date) -> Iterator[Day]:
    """Each right that comes back, and the last day of those of the year that are not all used."""
    translate = request.localizer.translate
    for person in found.persons:
        for one in person.allowances:
            if one.again_on and one.period is not CapPeriod.CIVIL_YEAR:
                words = _("${guarantee} : de nouveau possible, ${name}", mapping=_names(one, person.first_name))
                yield Day(_uid(one, person.public_id), one.again_on, translate(words))
        if any(one.period is CapPeriod.CIVIL_YEAR and one.left for one in person.allowances):
            words = _("Dernier jour des forfaits de l’année, ${name}", mapping={"name": person.first_name})
            yield Day(f"year-{today.year}-{person.public_id}", date(today.year, 12, 31), translate(words))


def _names(one: Allowance, first_name: str) -> dict[str, str]:
    return {"guarantee": one.line.label, "name": first_name}


def _uid(one: Allowance, person: object) -> str:
    """The same for the same right of the same person, so that a newer file moves its day."""
    return f"{one.line.rank}-{one.measure}-{one.period}-{person}"
