"""A copy of one's data, while it can be taken."""

from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.resources.household import HouseholdContext, acl_of, household_of, own_of
from member_space.services.export import find_copy


def export_context(request: Request) -> HouseholdContext:
    """Route factory of ``{export_id}``; a copy whose day is over is not found either."""
    household = household_of(request)
    found = own_of(
        request, "export_id", lambda id_: find_copy(request.db, request.tools, request.identity.account_id, id_)
    )
    return HouseholdContext(household, acl_of(request, (Permission.EXERCISE_RIGHTS,)), found)
