"""« J’ai la facture : demander le remboursement », on the answer to a quote (C86)."""

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config

from member_space.domain.permissions import Permission
from member_space.domain.request import State
from member_space.forms.ids import uuid_in
from member_space.services.catalogue import catalogue_of
from member_space.services.quote_claim import may_be_claimed, start_claim, topic_of_claim
from member_space.services.request_check import first_page
from member_space.views.request_start import page_path


@view_config(route_name="request_claim", request_method="POST", permission=Permission.SEND_REQUEST)
def claim(request: Request) -> HTTPSeeOther:
    """The draft of the claim, begun or found again, at its first page."""
    quote = request.context.found
    if not may_be_claimed(quote):
        raise HTTPNotFound
    topic = topic_of_claim(catalogue_of(request.tools.settings), quote)
    key = uuid_in(request.POST, "cle")
    draft = start_claim(request.db, request.tools, request.identity, request.context.household, quote, topic, key)
    if draft.state != State.DRAFT:
        return HTTPSeeOther(request.route_path("request", request_id=draft.public_id))
    return HTTPSeeOther(page_path(request, draft, first_page(draft, topic)))
