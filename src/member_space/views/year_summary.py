"""« Mon année »: who paid what in a year, for taxes, the CSS or a budget (C62)."""

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.interfaces import IPdf
from member_space.services.statement_words import CLOSED_NOTE
from member_space.services.year_summary import YearSummary, note_export, year_summary
from member_space.services.year_summary_files import AMOUNTS, BY_DAY_OF_CARE, HEADINGS, TITLES, to_csv, to_pdf
from member_space.views.download import CSV, PDF, download

_ = TranslationStringFactory("member_space")

FIRST_YEAR = 1990
NO_YEAR = _("Choisissez une année de la liste.")


@view_config(
    route_name="year_summary",
    request_method="GET",
    permission=Permission.VIEW_REIMBURSEMENTS,
    renderer="reimbursement/year.html.jinja2",
    reads=What.REIMBURSEMENTS,
)
def show(request: Request) -> dict[str, Any]:
    """The year `?annee=`, else the one under way; one that cannot be is a 422 beside it."""
    typed = request.GET.get("annee", "")
    year = _year_of(request, typed)
    errors = []
    if typed and year is None:
        request.response.status_int = 422
        errors = [("annee", request.localizer.translate(NO_YEAR))]
    household = request.context.household
    summary = year_summary(request.db, household, year or household.today.year)
    return {
        "errors": errors,
        "summary": summary,
        "headings": HEADINGS,
        # Another insurer is the case of few: its column is for them.
        "amounts": [
            (name, title)
            for name, title in zip(AMOUNTS, TITLES, strict=True)
            if name != "other_insurer" or summary.total.other_insurer
        ],
        "by_day": BY_DAY_OF_CARE,
        "closed_note": CLOSED_NOTE,
    }


@view_config(
    route_name="year_summary_pdf",
    request_method="GET",
    permission=Permission.VIEW_REIMBURSEMENTS,
    reads=What.REIMBURSEMENTS,
)
def pdf(request: Request) -> Response:
    summary, translate = _of_address(request), request.localizer.translate
    today, renderer = request.context.household.today, request.registry.getUtility(IPdf)
    body = to_pdf(summary, today, renderer, request.registry.brand, request.locale_name, translate)
    return _file(request, summary, body, PDF, "pdf")


@view_config(
    route_name="year_summary_csv",
    request_method="GET",
    permission=Permission.VIEW_REIMBURSEMENTS,
    reads=What.REIMBURSEMENTS,
)
def as_csv(request: Request) -> Response:
    summary = _of_address(request)
    return _file(request, summary, to_csv(summary, request.localizer.translate), CSV, "csv")


def _year_of(request: Request, typed: str) -> int | None:
    """A year of the calendar, from a time when somebody may have been covered to the one under way."""
    today = request.context.household.today
    if not (typed.isascii() and typed.isdecimal() and len(typed) == len("2026")):
        return None
    return int(typed) if FIRST_YEAR <= int(typed) <= today.year else None


def _of_address(request: Request) -> YearSummary:
    year = _year_of(request, request.matchdict["year"])
    if year is None:
        raise HTTPNotFound
    return year_summary(request.db, request.context.household, year)


def _file(request: Request, summary: YearSummary, body: bytes, media_type: str, extension: str) -> Response:
    note_export(request.db, request.identity, summary, extension, request.origin)
    return download(body, f"recapitulatif-{summary.year}.{extension}", media_type)
