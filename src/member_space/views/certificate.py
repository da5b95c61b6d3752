"""« Attestations » of a contract, and the public page where anybody checks one (C34)."""

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config, view_defaults

from member_space.domain.certificate import CertificateKind
from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.forms.certificate import CheckForm, IssueForm
from member_space.services.certificate import NotCertifiedError, issue, issued_of, offers_of
from member_space.services.certificate_check import Checked, check
from member_space.services.certificate_pdf import to_pdf
from member_space.services.throttling import TooManyTries
from member_space.views.download import PDF, download
from member_space.views.errors import too_many_tries
from member_space.views.typed import Said, typed


@view_defaults(
    route_name="certificates", renderer="certificate/list.html.jinja2", permission=Permission.ISSUE_CERTIFICATE
)
class CertificatesViews:
    """One button a certificate; it answers with the file."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @view_config(request_method="GET", reads=What.CONTRACT)
    def show(self) -> dict[str, Any]:
        return self._page([])

    @view_config(request_method="POST", reads=What.CONTRACT)
    def ask(self) -> Any:
        request = self.request
        values, errors = typed(request, IssueForm())
        if errors:
            return self._page(errors)
        household, contract_id = request.context.household, request.context.found.contract_id
        kind = CertificateKind(values["kind"])
        try:
            found = issue(
                request.db, request.tools, request.identity.account_id, household, contract_id, kind, request.origin
            )
        except NotCertifiedError:
            # The button was there when the page was opened: the page says now why it is not.
            return self._page([], refused=kind)
        return HTTPSeeOther(request.route_path("certificate_pdf", certificate_id=found))

    def _page(self, errors: Said, refused: CertificateKind | None = None) -> dict[str, Any]:
        if errors or refused:
            self.request.response.status_int = 422
        db, household, member = self.request.db, self.request.context.household, self.request.context.found
        return {
            "errors": errors,
            "refused": refused,
            "contract": member,
            "offers": offers_of(db, household, member.contract_id),
            "issued": issued_of(db, household, member.contract_id),
        }


@view_config(
    route_name="certificate_pdf", request_method="GET", permission=Permission.ISSUE_CERTIFICATE, reads=What.CONTRACT
)
def certificate_pdf(request: Request) -> Response:
    """The file, the same whenever it is asked for; its name says nothing of anybody."""
    row = request.context.found
    request.context.household.note(one["id"] for one in row.facts["people"])
    return download(to_pdf(row, request.tools), f"attestation-{row.kind}-{row.issued_on:%Y%m%d}.pdf", PDF)


@view_defaults(
    route_name="certificate_check", renderer="certificate/check.html.jinja2", permission=NO_PERMISSION_REQUIRED
)
class CheckViews:
    """The code comes in the form, never in the address: no log nor history keeps it."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page([])

    @view_config(request_method="POST")
    def check(self) -> Any:
        request = self.request
        values, errors = typed(request, CheckForm())
        if errors:
            request.response.status_int = 422
            return self._page(errors)
        try:
            found = check(request.db, request.tools, values["code"], request.origin)
        except TooManyTries as refusal:
            return too_many_tries(request, refusal.wait)
        return self._page([], asked=True, found=found)

    def _page(self, errors: Said, *, asked: bool = False, found: Checked | None = None) -> dict[str, Any]:
        return {"errors": errors, "typed": self.request.POST.get("code", ""), "asked": asked, "found": found}
