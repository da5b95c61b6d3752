"""The third-party-payment cards, and a link to the file of one."""

from typing import Any

from pyramid.request import Request
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.services.card import ShownCard, absence_of, cards_of
from member_space.services.card_link import make_link
from member_space.services.card_pdf import Format
from member_space.views.api.endpoint import endpoint
from member_space.views.api.once import once
from member_space.views.api.values import answer

_ = TranslationStringFactory("member_space")

CARD = _("Votre carte de tiers payant")
SEND = _("Envoyer la carte à un professionnel")
ORDER = _("Commander la carte imprimée")


@endpoint("api_cards", Permission.VIEW_CARD, reads=What.CARD)
def cards(request: Request) -> dict[str, Any]:
    """Those of today, then to come, then past; why there is none of today."""
    household = request.context.household
    found = cards_of(request.db, request.tools.cipher, household)
    current = [one for one in found if one.moment == "current"]
    why, day = absence_of(household)
    sending = [(SEND, request.route_url("card_send", card_id=one.public_id)) for one in current]
    return answer(
        request,
        {
            "cards": [_card(one) for one in found],
            "absence": None if current else {"reason": why, "day": day},
        },
        source=(CARD, request.route_url("card")),
        actions=[*sending, (ORDER, request.route_url("card_order", wish="commander"))],
    )


@endpoint("api_card_link", Permission.VIEW_CARD, reads=What.CARD, method="POST")
@once
def card_link(request: Request) -> dict[str, Any]:
    """An address that gives the PDF for some minutes, to whoever has it; no binary passes through here."""
    found = request.context.found
    token, expires_at = make_link(request.tools, request.identity, found, Format.SHEET)
    return answer(
        request,
        {"url": request.route_url("card_link", sealed=token), "expires_at": expires_at},
        source=(CARD, request.route_url("card")),
    )


def _card(one: ShownCard) -> dict[str, Any]:
    card = one.card
    return {
        "id": one.public_id,
        "contract": {"id": one.contract_public_id, "number": card.contract_number},
        "year": one.year,
        "moment": one.moment,
        "from": card.period.start,
        "until": card.last_day,
        "made_at": one.made_at,
        "member_number": card.member_number,
        "amc": {"number": card.amc_number, "name": card.amc_name},
        "persons": [
            {"name": f"{who.first_name} {who.last_name}", "relation": who.relation, "until": who.until}
            for who in card.beneficiaries
        ],
        "domains": [{"code": one.code, "label": one.label, "rate": one.shown} for one in card.domains],
    }
