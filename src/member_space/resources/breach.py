"""A leak of personal data, for whoever is told of it."""

from uuid import UUID

from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.resources.household import HouseholdContext, acl_of, household_of, own_of
from member_space.services.breach import BreachPage, find_breach
from member_space.services.sessions import Identity


def breach_context(request: Request) -> HouseholdContext:
    """Route factory of ``{breach_id}``; one that does not concern who is signed in is not found."""

    def find(public_id: UUID) -> BreachPage | None:
        identity = request.identity
        return find_breach(request.db, identity, public_id) if isinstance(identity, Identity) else None

    household = household_of(request)
    found = own_of(request, "breach_id", find)
    return HouseholdContext(household, acl_of(request, (Permission.EXERCISE_RIGHTS,)), found)
