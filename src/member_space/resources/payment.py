"""One bank transfer, for whoever may see at least one line it pays."""

from functools import partial

from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.resources.household import HouseholdContext, acl_of, household_of, own_of
from member_space.services.payment import find_transfer


def payment_context(request: Request) -> HouseholdContext:
    """Route factory of ``{payment_id}``."""
    household = household_of(request)
    found = own_of(request, "payment_id", partial(find_transfer, request.db, household))
    return HouseholdContext(household, acl_of(request, (Permission.VIEW_REIMBURSEMENTS,)), found)
