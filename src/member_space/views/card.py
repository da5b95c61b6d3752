"""« Ma carte »: on the screen, and as a file to print (S-HCR-24 to 27, C45 to C47)."""

from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from member_space.domain.card import Moment
from member_space.domain.notices import NoticeKind
from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.services.card import absence_of, cards_of, note_download
from member_space.services.card_offline import codes_of
from member_space.services.card_pdf import Format, over_of, to_pdf
from member_space.services.notification_announce import note_read
from member_space.views.content import page_of
from member_space.views.download import PDF, download


@view_config(
    route_name="card",
    request_method="GET",
    permission=Permission.VIEW_CARD,
    renderer="card/card.html.jinja2",
    reads=What.CARD,
)
def card(request: Request) -> dict[str, Any]:
    household = request.context.household
    note_read(request.db, request.tools, request.identity.account_id, NoticeKind.CARD_CHANGED)
    cards = cards_of(request.db, request.tools.cipher, household)
    current = [one for one in cards if one.moment is Moment.CURRENT]
    return {
        "current": current,
        "codes": {one.public_id: codes_of(request.tools, one) for one in current},
        "wallet": wallet.label if (wallet := request.registry.member_space.wallet) else None,
        "others": [one for one in cards if one.moment is not Moment.CURRENT],
        "absence": absence_of(household),
        "today": household.today,
        "page": page_of(request, "carte-tiers-payant"),
    }


@view_config(route_name="card_pdf", request_method="GET", permission=Permission.VIEW_CARD, reads=What.CARD)
def card_pdf(request: Request) -> Response:
    """The file is named by its year alone; that of a version that was replaced says so across the page."""
    shown, form = request.context.found, Format(request.matchdict["form"])
    body = to_pdf(request.tools, shown.card, shown.check_code, shown.made_at, form, over_of(shown))
    note_download(request.db, request.identity, shown, form.value, request.origin)
    return download(body, f"carte-tiers-payant-{shown.year}-{form.value}.pdf", PDF)
