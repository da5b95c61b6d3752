"""One statement, for whoever may see at least one of its lines."""

from functools import partial

from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.resources.household import HouseholdContext, acl_of, household_of, own_of
from member_space.services.statement import find_statement


def statement_context(request: Request) -> HouseholdContext:
    """Route factory of ``{statement_id}``."""
    household = household_of(request)
    found = own_of(request, "statement_id", partial(find_statement, request.db, household))
    return HouseholdContext(household, acl_of(request, (Permission.VIEW_STATEMENT, Permission.EXPORT_STATEMENT)), found)
