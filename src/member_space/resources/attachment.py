"""A file of one's own: of a request or of the safe."""

from functools import partial

from pyramid.request import Request

from member_space.resources.household import HouseholdContext, acl_of, household_of, own_of
from member_space.resources.request import REQUEST_PERMISSIONS
from member_space.services.attachment_read import find_attachment


def attachment_context(request: Request) -> HouseholdContext:
    """Route factory of ``{attachment_id}``, given or received."""
    household = household_of(request)
    found = own_of(request, "attachment_id", partial(find_attachment, request.db, household))
    return HouseholdContext(household, acl_of(request, REQUEST_PERMISSIONS), found)
