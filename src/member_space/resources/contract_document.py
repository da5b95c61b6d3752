"""One version of a document, for whoever has a contract that it concerns."""

from functools import partial

from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.resources.household import HouseholdContext, acl_of, household_of, own_of
from member_space.services.contract_document import find_document


def contract_document_context(request: Request) -> HouseholdContext:
    """Route factory of ``{version_id}``."""
    household = household_of(request)
    found = own_of(request, "version_id", partial(find_document, request.db, household.contract_ids))
    return HouseholdContext(household, acl_of(request, (Permission.VIEW_CONTRACT,)), found)
