"""One person of the household of who is signed in."""

from dataclasses import dataclass, field
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.resources.household import acl_of, household_of
from member_space.services.household import Household


@dataclass(frozen=True, slots=True)
class BeneficiaryContext:
    """A person whom the account sees; 0 when nobody is signed in, and all denied."""

    household: Household
    person_id: int
    __acl__: list[Any] = field(repr=False)


def beneficiary_context(request: Request) -> BeneficiaryContext:
    """Route factory; raises HTTPNotFound for a person of another household as for one who does not exist."""
    household = household_of(request)
    found = household.person(request.matchdict["person_id"])
    if found is None and request.identity is not None:
        raise HTTPNotFound
    permissions = [Permission.VIEW_BENEFICIARY, Permission.REVEAL_NIR, Permission.INVITE_BENEFICIARY]
    return BeneficiaryContext(household, found.person_id if found else 0, acl_of(request, permissions))
