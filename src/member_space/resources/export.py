"""A copy of one's data, while it can be taken."""

from dataclasses import dataclass, field
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.resources.household import HouseholdContext, acl_of, household_of, public_id_of
from member_space.services.export import Copy, find_copy
from member_space.services.household import Household


@dataclass(frozen=True, slots=True)
class ExportContext:
    """A copy that who is signed in asked for."""

    household: Household
    copy: Copy
    __acl__: list[Any] = field(repr=False)


def export_context(request: Request) -> ExportContext | HouseholdContext:
    """Route factory of ``{export_id}``; somebody else's copy, or one whose day is over, is not found."""
    household, acl = household_of(request), acl_of(request, (Permission.EXERCISE_RIGHTS,))
    if request.identity is None:
        return HouseholdContext(household, acl)
    found = find_copy(request.db, request.tools, request.identity.account_id, public_id_of(request, "export_id"))
    if found is None:
        raise HTTPNotFound
    return ExportContext(household, found, acl)
