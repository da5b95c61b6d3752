"""A request of one's own, drafted or sent."""

from functools import partial

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.resources.household import HouseholdContext, acl_of, household_of, own_of
from member_space.services.request_find import find_request

REQUEST_PERMISSIONS = (Permission.VIEW_REQUESTS, Permission.SEND_REQUEST, Permission.VIEW_QUOTE)


def request_context(request: Request) -> HouseholdContext:
    """Route factory of ``{request_id}``: its author alone finds it."""
    household = household_of(request)
    found = own_of(request, "request_id", partial(find_request, request.db, household))
    return HouseholdContext(household, acl_of(request, REQUEST_PERMISSIONS), found)


def api_request_context(request: Request) -> HouseholdContext:
    """As `request_context`, through a token: one that is about nobody else than the persons whom he shows."""
    context = request_context(request)
    shown = {member.person_id for member in context.household.members} | {None}
    if context.found and not {context.found.author_person_id, context.found.person_id} <= shown:
        raise HTTPNotFound
    return context
