"""« Ajouter à Apple Wallet »: where the installation has a signer, and nowhere else (C49)."""

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from member_space.domain.card import Moment
from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.interfaces import IWalletSigner
from member_space.services.wallet import to_wallet
from member_space.views.download import download


@view_config(route_name="card_wallet", request_method="GET", permission=Permission.VIEW_CARD, reads=What.CARD)
def card_wallet(request: Request) -> Response:
    """A past card is for no wallet: it would be expired there at once. The page has the one that replaces another."""
    shown, signer = request.context.found, request.registry.queryUtility(IWalletSigner)
    if signer is None or shown.moment is Moment.PREVIOUS:
        raise HTTPNotFound
    if not shown.in_force:
        return HTTPSeeOther(request.route_path("card"))
    body = to_wallet(request.db, request.tools, request.identity, shown, request.origin)
    return download(body, f"carte-tiers-payant-{shown.year}.{signer.extension}", signer.media_type)
