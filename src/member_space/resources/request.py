"""A request of one's own, drafted or sent."""

from dataclasses import dataclass, field
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.models import Request as MemberRequest
from member_space.resources.household import HouseholdContext, acl_of, household_of, public_id_of
from member_space.services.household import Household
from member_space.services.request_find import find_request

REQUEST_PERMISSIONS = (Permission.VIEW_REQUESTS, Permission.SEND_REQUEST)


@dataclass(frozen=True, slots=True)
class RequestContext:
    """A request that the signed-in person wrote."""

    household: Household
    found: MemberRequest
    __acl__: list[Any] = field(repr=False)


def request_context(request: Request) -> RequestContext | HouseholdContext:
    """Route factory of ``{request_id}``: its author alone finds it, for whoever else it is not there."""
    household, acl = household_of(request), acl_of(request, REQUEST_PERMISSIONS)
    if request.identity is None:
        return HouseholdContext(household, acl)
    found = find_request(request.db, household, public_id_of(request, "request_id"))
    if found is None:
        raise HTTPNotFound
    return RequestContext(household, found, acl)
