"""One contract of the household of who is signed in."""

from dataclasses import dataclass, field
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.resources.household import acl_of, household_of
from member_space.services.household import Household


@dataclass(frozen=True, slots=True)
class ContractContext:
    """A contract that the account's person holds or is covered by; 0 when nobody is signed in, and all denied."""

    household: Household
    contract_id: int
    __acl__: list[Any] = field(repr=False)


def contract_context(request: Request) -> ContractContext:
    """Route factory; raises HTTPNotFound for a contract of somebody else as for one that does not exist."""
    household = household_of(request)
    asked = request.matchdict["contract_id"]
    found = next((m.contract_id for m in household.members if str(m.contract_public_id) == asked), None)
    if found is None and request.identity is not None:
        raise HTTPNotFound
    return ContractContext(household, found or 0, acl_of(request, [Permission.VIEW_CONTRACT]))
