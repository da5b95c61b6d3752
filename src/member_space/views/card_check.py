"""The page that the QR code of a card opens: « droits ouverts au … : oui » or « non », for anybody (C50)."""

from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from member_space.services.card_check import rights_are_open
from member_space.services.throttling import TooManyTries, network_of
from member_space.views.errors import too_many_tries


@view_config(
    route_name="card_check",
    request_method="GET",
    permission=NO_PERMISSION_REQUIRED,
    renderer="card/check.html.jinja2",
)
def card_check(request: Request) -> dict[str, Any] | Response:
    """No name, no number, nothing of the contract: who holds the card reads them there."""
    # The address is a secret of the card: no page that this one leads to is told of it.
    request.response.headers["Referrer-Policy"] = "no-referrer"
    try:
        code, network = request.matchdict["code"], network_of(request.origin.ip)
        is_open = rights_are_open(request.db, request.tools, code, network)
    except TooManyTries as refusal:
        response = too_many_tries(request, refusal.wait)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
    return {"open": is_open, "today": request.tools.today()}
