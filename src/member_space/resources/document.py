"""A document of one's own safe, in its bin or not."""

from functools import partial

from pyramid.request import Request

from member_space.resources.household import HouseholdContext, acl_of, household_of, own_of
from member_space.resources.request import REQUEST_PERMISSIONS
from member_space.services.document import find_document


def document_context(request: Request) -> HouseholdContext:
    """Route factory of ``{attachment_id}`` of the safe."""
    household = household_of(request)
    found = own_of(request, "attachment_id", partial(find_document, request.db, household))
    return HouseholdContext(household, acl_of(request, REQUEST_PERMISSIONS), found)
