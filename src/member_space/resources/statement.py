"""One statement, for whoever may see at least one of its lines."""

from dataclasses import dataclass, field
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.resources.household import HouseholdContext, acl_of, household_of, public_id_of
from member_space.services.household import Household
from member_space.services.statement import StatementHead, find_statement


@dataclass(frozen=True, slots=True)
class StatementContext:
    """A statement that the signed-in person may open."""

    household: Household
    statement: StatementHead
    __acl__: list[Any] = field(repr=False)


def statement_context(request: Request) -> StatementContext | HouseholdContext:
    """Route factory of ``{statement_id}``. Nobody signed in is sent to sign in before anything is looked up;
    someone else's statement is not found, exactly as one that does not exist."""
    household, acl = household_of(request), acl_of(request, (Permission.VIEW_STATEMENT, Permission.EXPORT_STATEMENT))
    if request.identity is None:
        return HouseholdContext(household, acl)
    found = find_statement(request.db, household, public_id_of(request, "statement_id"))
    if found is None:
        raise HTTPNotFound
    return StatementContext(household, found, acl)
