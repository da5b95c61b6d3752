"""One version of a card, of a contract of the household of who is signed in."""

from functools import partial

from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.interfaces import ICipher
from member_space.resources.household import HouseholdContext, acl_of, household_of, own_of
from member_space.services.card import find_card


def card_context(request: Request) -> HouseholdContext:
    """Route factory of ``{card_id}``."""
    household = household_of(request)
    cipher = request.registry.getUtility(ICipher)
    found = own_of(request, "card_id", partial(find_card, request.db, cipher, household))
    return HouseholdContext(household, acl_of(request, (Permission.VIEW_CARD,)), found)
