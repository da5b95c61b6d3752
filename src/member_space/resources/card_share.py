"""A link to a card that the account signed in made."""

from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.resources.household import HouseholdContext, acl_of, household_of, own_of
from member_space.services.card_share import find_share


def card_share_context(request: Request) -> HouseholdContext:
    """Route factory of ``{share_id}``."""
    found = own_of(request, "share_id", lambda one: find_share(request.db, request.identity.account_id, one))
    return HouseholdContext(household_of(request), acl_of(request, (Permission.VIEW_CARD,)), found)
