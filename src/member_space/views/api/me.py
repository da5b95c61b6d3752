"""Who the token speaks for, and the persons that the member shows it."""

from typing import Any

from pyramid.request import Request
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.services.beneficiary import Beneficiary, beneficiaries_of
from member_space.views.api.endpoint import endpoint
from member_space.views.api.values import answer

_ = TranslationStringFactory("member_space")


@endpoint("api_me", Permission.VIEW_HOME, reads=What.HOME)
def me(request: Request) -> dict[str, Any]:
    """The member as far as he shows himself, and what this token may."""
    household, access = request.context.household, request.identity
    found = beneficiaries_of(request.db, household)
    own = next((one for one in found if one.is_viewer), None)
    body = {
        "member": own and person(own),
        "access": {
            "assistant": access.assistant,
            "scopes": sorted(access.scopes),
            "persons": [one.public_id for one in found],
            "expires_at": access.expires_at,
        },
    }
    return answer(
        request,
        body,
        source=(_("Votre espace adhérent"), request.route_url("home")),
        actions=[(_("Voir vos contrats"), request.route_url("contracts"))],
    )


def person(one: Beneficiary) -> dict[str, Any]:
    """Who it is and what covers him; no number, no address, no account."""
    return {
        "id": one.public_id,
        "name": one.name,
        "birth_date": one.birth_date,
        "is_member": one.is_viewer,
        "is_adult": one.is_adult,
        "is_covered": one.is_covered,
        "covers": [
            {
                "contract": {"id": cover.contract_public_id, "number": cover.contract_number},
                "relation": cover.relation,
                "from": cover.period.start,
                "until": cover.period.end,
            }
            for cover in one.covers
        ],
    }
