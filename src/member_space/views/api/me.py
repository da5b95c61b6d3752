"""Who the token speaks for, and what it may."""

from typing import Any

from pyramid.request import Request
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.services.household_person import household_persons
from member_space.views.api.beneficiaries import person_of
from member_space.views.api.endpoint import endpoint
from member_space.views.api.values import answer

_ = TranslationStringFactory("member_space")


@endpoint("api_me", Permission.VIEW_HOME, reads=What.HOME)
def me(request: Request) -> dict[str, Any]:
    """The member as far as he shows himself, and what this token may."""
    household, access = request.context.household, request.identity
    found = household_persons(household)
    own = next((one for one in found if one.is_viewer), None)
    body = {
        "member": own and person_of(own),
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
