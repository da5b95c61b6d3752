"""A certificate, for the member to whom it was given."""

from functools import partial

from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.resources.household import HouseholdContext, acl_of, household_of, own_of
from member_space.services.certificate import find_certificate


def certificate_context(request: Request) -> HouseholdContext:
    """Route factory of ``{certificate_id}``."""
    household = household_of(request)
    found = own_of(request, "certificate_id", partial(find_certificate, request.db, household.viewer_id))
    return HouseholdContext(household, acl_of(request, (Permission.ISSUE_CERTIFICATE,)), found)
