"""One statement, for whoever may see at least one of its lines."""

from functools import partial

from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.resources.household import HouseholdContext, acl_of, household_of, own_of
from member_space.services.explanation import explain_line
from member_space.services.statement import find_statement

MAX_DIGITS = 4
"""Of the rank of a line in its statement."""


def statement_context(request: Request) -> HouseholdContext:
    """Route factory of ``{statement_id}``."""
    household = household_of(request)
    found = own_of(request, "statement_id", partial(find_statement, request.db, household))
    return HouseholdContext(household, acl_of(request, (Permission.VIEW_STATEMENT, Permission.EXPORT_STATEMENT)), found)


def line_context(request: Request) -> HouseholdContext:
    """Route factory of ``{statement_id}`` and ``{rank}``: a line whose nature is closed is not found."""
    return _line_of(request, request.matchdict["rank"])


def api_line_context(request: Request) -> HouseholdContext:
    """Route factory of ``{line_id}``, as the API names a line: its statement and its rank, « …-4f10.2 »."""
    statement_id, _dot, rank = request.matchdict["line_id"].rpartition(".")
    request.matchdict["statement_id"] = statement_id
    return _line_of(request, rank)


def _line_of(request: Request, text: str) -> HouseholdContext:
    household = household_of(request)
    rank = int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else 0
    found = own_of(request, "statement_id", lambda one: explain_line(request.db, household, one, rank))
    return HouseholdContext(household, acl_of(request, (Permission.VIEW_STATEMENT,)), found)
