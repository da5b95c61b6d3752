"""A document of one's own safe, in its bin or not."""

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from member_space.resources.attachment import AttachmentContext
from member_space.resources.household import HouseholdContext, acl_of, household_of, public_id_of
from member_space.resources.request import REQUEST_PERMISSIONS
from member_space.services.document import find_document


def document_context(request: Request) -> AttachmentContext | HouseholdContext:
    """Route factory of ``{attachment_id}`` of the safe: whose it is alone finds it."""
    household, acl = household_of(request), acl_of(request, REQUEST_PERMISSIONS)
    if request.identity is None:
        return HouseholdContext(household, acl)
    found = find_document(request.db, household, public_id_of(request, "attachment_id"))
    if found is None:
        raise HTTPNotFound
    return AttachmentContext(household, found, acl)
