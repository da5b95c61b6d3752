"""A file of one's own: of a request or of the safe."""

from dataclasses import dataclass, field
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from member_space.models import Attachment
from member_space.resources.household import HouseholdContext, acl_of, household_of, public_id_of
from member_space.resources.request import REQUEST_PERMISSIONS
from member_space.services.attachment_read import find_attachment
from member_space.services.household import Household


@dataclass(frozen=True, slots=True)
class AttachmentContext:
    """A file of the signed-in person, given or received."""

    household: Household
    found: Attachment
    __acl__: list[Any] = field(repr=False)


def attachment_context(request: Request) -> AttachmentContext | HouseholdContext:
    """Route factory of ``{attachment_id}``: for whoever else it is not there."""
    household, acl = household_of(request), acl_of(request, REQUEST_PERMISSIONS)
    if request.identity is None:
        return HouseholdContext(household, acl)
    found = find_attachment(request.db, household, public_id_of(request, "attachment_id"))
    if found is None:
        raise HTTPNotFound
    return AttachmentContext(household, found, acl)
