"""The file of a card behind a link of some minutes, which an assistant asked for its member."""

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from member_space.services.card_link import open_link
from member_space.views.download import PDF, download
from member_space.views.errors import error_page


@view_config(route_name="card_link", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def card_link(request: Request) -> Response:
    """404 for all that opens nothing: what the address was is told to nobody."""
    opened = open_link(request.db, request.tools, request.matchdict["sealed"], request.origin)
    if opened is None:
        return error_page(request, 404, "link_over")
    shown, body = opened
    return download(body, f"carte-tiers-payant-{shown.year}.pdf", PDF)
