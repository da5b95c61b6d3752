"""One contract of the household of who is signed in."""

from uuid import UUID

from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.resources.household import HouseholdContext, acl_of, household_of, own_of
from member_space.services.household import HouseholdMember


def contract_context(request: Request) -> HouseholdContext:
    """Route factory of ``{contract_id}``: one that the account's person holds or is covered by."""
    household = household_of(request)

    def find(public_id: UUID) -> HouseholdMember | None:
        return next((member for member in household.members if member.contract_public_id == public_id), None)

    found = own_of(request, "contract_id", find)
    return HouseholdContext(household, acl_of(request, (Permission.VIEW_CONTRACT, Permission.ISSUE_CERTIFICATE)), found)
