"""« Exporter mes remboursements »: a period as a file (C59)."""

from datetime import date
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.dates import date_short
from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.forms.reimbursement_export import ExportForm
from member_space.services.export import ask_file, files_of, take_copy
from member_space.services.reimbursement_export import AT_ONCE, count_lines, take_at_once
from member_space.services.reimbursement_files import CONTENT_TYPES, FileFormat, Wanted
from member_space.views.done import go_on
from member_space.views.download import download
from member_space.views.my_data import note_seen
from member_space.views.typed import Said, typed

_ = TranslationStringFactory("member_space")

NOTHING = _("Aucun soin entre ces deux dates : élargissez la période.")


@view_defaults(
    route_name="reimbursements_export",
    permission=Permission.VIEW_REIMBURSEMENTS,
    renderer="reimbursement/export.html.jinja2",
)
class ExportViews:
    """A short period is answered with its file, a long one with a job."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        note_seen(self.request)
        today = self.request.context.household.today
        first = date(today.year, 1, 1)
        return self._page([], {"du": date_short(first), "au": date_short(today), "format": FileFormat.XLSX})

    @view_config(request_method="POST", reads=What.REIMBURSEMENTS)
    def take(self) -> Any:
        request, household = self.request, self.request.context.household
        values, errors = typed(request, ExportForm())
        if errors:
            return self._refuse(errors)
        wanted = Wanted(values["du"], values["au"], FileFormat(values["format"]))
        lines = count_lines(request.db, household, wanted.since, wanted.until)
        if not lines:
            return self._refuse([("du", request.localizer.translate(NOTHING))])
        if lines > AT_ONCE:
            ask_file(request.db, request.tools, request.identity, wanted, request.origin)
            return go_on(request.route_path("reimbursements_export"), "fichier-demande")
        body = take_at_once(
            request.db, request.tools, request.identity, household, wanted, request.locale_name, request.origin
        )
        return download(body, wanted.name, CONTENT_TYPES[wanted.format])

    def _refuse(self, errors: Said) -> dict[str, Any]:
        self.request.response.status_int = 422
        return self._page(errors, {name: self.request.POST.get(name, "") for name in ("du", "au", "format")})

    def _page(self, errors: Said, values: dict[str, str]) -> dict[str, Any]:
        request = self.request
        files = files_of(request.db, request.tools, request.identity.account_id)
        return {"errors": errors, "typed": values, "files": files}


@view_config(
    route_name="reimbursements_file",
    request_method="GET",
    permission=Permission.VIEW_REIMBURSEMENTS,
    reads=What.REIMBURSEMENTS,
)
def take_file(request: Request) -> Response:
    """The file of a long period, piece by piece; everybody whom the account sees may be in it."""
    household, copy = request.context.household, request.context.found
    household.note(member.person_id for member in household.members)
    try:
        pieces = take_copy(request.db, request.tools, request.identity, copy, request.origin)
    except KeyError:
        raise HTTPNotFound from None
    return download(pieces, copy.wanted.name, CONTENT_TYPES[copy.wanted.format], copy.size)
