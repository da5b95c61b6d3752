"""A leak of personal data, for whoever is told of it."""

from dataclasses import dataclass, field
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.resources.household import HouseholdContext, acl_of, household_of, public_id_of
from member_space.services.breach import BreachPage, find_breach
from member_space.services.household import Household
from member_space.services.sessions import Identity


@dataclass(frozen=True, slots=True)
class BreachContext:
    """A breach that who is signed in is told of."""

    household: Household
    breach: BreachPage
    __acl__: list[Any] = field(repr=False)


def breach_context(request: Request) -> BreachContext | HouseholdContext:
    """Route factory of ``{breach_id}``; one that does not concern who is signed in is not found."""
    household, acl = household_of(request), acl_of(request, (Permission.EXERCISE_RIGHTS,))
    if request.identity is None:
        return HouseholdContext(household, acl)
    identity = request.identity
    public_id = public_id_of(request, "breach_id")
    found = find_breach(request.db, identity, public_id) if isinstance(identity, Identity) else None
    if found is None:
        raise HTTPNotFound
    return BreachContext(household, found, acl)
