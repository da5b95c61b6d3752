"""One bank transfer, for whoever may see at least one line it pays."""

from dataclasses import dataclass, field
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.resources.household import HouseholdContext, acl_of, household_of, public_id_of
from member_space.services.household import Household
from member_space.services.payment import Transfer, find_transfer


@dataclass(frozen=True, slots=True)
class PaymentContext:
    """A transfer that the signed-in person may open."""

    household: Household
    transfer: Transfer
    __acl__: list[Any] = field(repr=False)


def payment_context(request: Request) -> PaymentContext | HouseholdContext:
    """Route factory of ``{payment_id}``; the same refusals as for a statement."""
    household, acl = household_of(request), acl_of(request, (Permission.VIEW_REIMBURSEMENTS,))
    if request.identity is None:
        return HouseholdContext(household, acl)
    found = find_transfer(request.db, household, public_id_of(request, "payment_id"))
    if found is None:
        raise HTTPNotFound
    return PaymentContext(household, found, acl)
