"""One person of the household of who is signed in."""

from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.resources.household import HouseholdContext, acl_of, household_of, own_of

PERMISSIONS = (Permission.VIEW_BENEFICIARY, Permission.REVEAL_NIR, Permission.INVITE_BENEFICIARY)


def beneficiary_context(request: Request) -> HouseholdContext:
    """Route factory of ``{person_id}``."""
    household = household_of(request)
    found = own_of(request, "person_id", lambda id_: household.person(str(id_)))
    return HouseholdContext(household, acl_of(request, PERMISSIONS), found)
