"""What the member signed in allowed to an application, or to a token of his own."""

from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.resources.household import HouseholdContext, acl_of, household_of, own_of
from member_space.services.api_grant import find_grant


def access_context(request: Request) -> HouseholdContext:
    """Route factory of ``{access_id}``."""
    account_id = getattr(request.identity, "account_id", 0)
    found = own_of(request, "access_id", lambda one: find_grant(request.db, account_id, one))
    return HouseholdContext(household_of(request), acl_of(request, (Permission.ANSWER_CONSENT,)), found)
