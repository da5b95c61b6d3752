"""One statement: the page, the PDF and the CSV, all from the same lines (C56)."""

from functools import partial
from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from member_space.domain.money import format_rate
from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.interfaces import IPdf
from member_space.services.statement import StatementSheet, note_export, read_statement
from member_space.services.statement_csv import to_csv
from member_space.services.statement_pdf import to_pdf
from member_space.services.statement_words import CLOSED_NOTE, COLUMNS
from member_space.views.download import CSV, PDF, download


@view_config(
    route_name="statement",
    request_method="GET",
    permission=Permission.VIEW_STATEMENT,
    renderer="statement/statement.html.jinja2",
    reads=What.STATEMENT,
)
def statement(request: Request) -> dict[str, Any]:
    rate = partial(format_rate, language=request.locale_name)
    return {"sheet": _sheet(request), "columns": COLUMNS, "closed_note": CLOSED_NOTE, "rate": rate}


@view_config(
    route_name="statement_pdf", request_method="GET", permission=Permission.EXPORT_STATEMENT, reads=What.STATEMENT
)
def statement_pdf(request: Request) -> Response:
    sheet = _sheet(request)
    pdf = request.registry.getUtility(IPdf)
    body = to_pdf(sheet, pdf, request.registry.brand, request.locale_name, request.localizer.translate)
    return _file(request, sheet, body, PDF, "pdf")


@view_config(
    route_name="statement_csv", request_method="GET", permission=Permission.EXPORT_STATEMENT, reads=What.STATEMENT
)
def statement_csv(request: Request) -> Response:
    sheet = _sheet(request)
    return _file(request, sheet, to_csv(sheet, request.localizer.translate), CSV, "csv")


def _sheet(request: Request) -> StatementSheet:
    return read_statement(request.db, request.context.household, request.context.found)


def _file(request: Request, sheet: StatementSheet, body: bytes, media_type: str, extension: str) -> Response:
    """A file named by the reference alone; that it left is a fact of the journal."""
    note_export(request.db, request.identity, sheet, extension, request.origin)
    return download(body, f"{_safe_name(sheet.head.reference)}.{extension}", media_type)


def _safe_name(reference: str) -> str:
    """Letters, digits and dashes only: a reference comes from a file, and a header must not follow its whims."""
    return "decompte-" + "".join(char if char.isascii() and char.isalnum() else "-" for char in reference)
