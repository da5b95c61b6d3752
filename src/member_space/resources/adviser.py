"""One answer of the talk that this session has with the virtual adviser."""

from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.resources.household import HouseholdContext, acl_of, household_of, own_of
from member_space.services.adviser_talk import find_turn


def adviser_turn_context(request: Request) -> HouseholdContext:
    """Route factory of ``{turn_id}``: nobody else's, and of no other session."""
    household = household_of(request)
    found = own_of(
        request, "turn_id", lambda turn_id: find_turn(request.db, request.tools, request.identity, household, turn_id)
    )
    return HouseholdContext(household, acl_of(request, (Permission.ASK_ADVISER,)), found)
