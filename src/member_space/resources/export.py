"""A copy of one's data, while it can be taken."""

from uuid import UUID

from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.resources.household import HouseholdContext, acl_of, household_of, own_of
from member_space.services.export import Copy, find_copy


def export_context(request: Request) -> HouseholdContext:
    """Route factory of ``{export_id}``; a copy whose day is over is not found either."""
    return _context(request, "export_id", Permission.EXERCISE_RIGHTS, reimbursements=False)


def file_context(request: Request) -> HouseholdContext:
    """Route factory of ``{file_id}``: the reimbursements of a long period, in the same way."""
    return _context(request, "file_id", Permission.VIEW_REIMBURSEMENTS, reimbursements=True)


def _context(request: Request, name: str, permission: Permission, *, reimbursements: bool) -> HouseholdContext:
    def find(public_id: UUID) -> Copy | None:
        account_id = request.identity.account_id
        return find_copy(request.db, request.tools, account_id, public_id, reimbursements=reimbursements)

    household = household_of(request)
    return HouseholdContext(household, acl_of(request, (permission,)), own_of(request, name, find))
