"""The documents of a contract: every version, what it changed, and its file (C35)."""

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from member_space.domain.notices import NoticeKind
from member_space.domain.permissions import Permission
from member_space.services.contract_document import documents_of, pieces_of
from member_space.services.notification_announce import note_read
from member_space.views.download import PDF, download


@view_config(
    route_name="contract_documents",
    request_method="GET",
    permission=Permission.VIEW_CONTRACT,
    renderer="contract/documents.html.jinja2",
)
def documents(request: Request) -> dict[str, Any]:
    note_read(request.db, request.tools, request.identity.account_id, NoticeKind.CONTRACT_DOCUMENT)
    member, today = request.context.found, request.context.household.today
    return {
        "contract": member,
        "documents": documents_of(request.db, member.contract_id, today),
        "today": today,
    }


@view_config(route_name="contract_document", request_method="GET", permission=Permission.VIEW_CONTRACT)
def document(request: Request) -> Response:
    """The file, piece by piece; it says nothing of anybody, and its name neither."""
    row = request.context.found
    try:
        pieces = pieces_of(request.tools, row)
    except KeyError:
        raise HTTPNotFound from None
    return download(pieces, f"{row.kind}-{row.effective_on:%Y%m%d}.pdf", PDF, row.size)
