"""The household of who is signed in: the context of every member page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pyramid.authorization import DENY_ALL, Allow
from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.services.api_access import ApiAccess, narrowed
from member_space.services.household import Household, load_household
from member_space.services.sessions import Identity

OWN_PERMISSIONS = (
    Permission.VIEW_HOME,
    Permission.VIEW_CONTRACT,
    Permission.VIEW_CARD,
    Permission.VIEW_BENEFICIARY,
    Permission.VIEW_REIMBURSEMENTS,
    Permission.ANSWER_CONSENT,
    Permission.EDIT_PRIVACY,
    Permission.EDIT_PERSONAL_DATA,
    Permission.INVITE_BENEFICIARY,
    Permission.EXERCISE_RIGHTS,
    Permission.VIEW_REQUESTS,
    Permission.SEND_REQUEST,
    Permission.EDIT_SECURITY,
    Permission.ASK_ADVISER,
    # Through an assistant or a token of his.
    Permission.VIEW_LINK,
    Permission.DRAFT_REQUEST,
    Permission.VIEW_QUOTE,
    Permission.SIMULATE,
    Permission.WRITE_MESSAGE,
    Permission.VIEW_CONSENTS,
)
"""What a member may do on the pages of his own household; what has an id of its own has its own context."""


@dataclass(frozen=True, slots=True)
class HouseholdContext:
    """The persons whom the account sees, and what it may do here. Nobody signed in: nobody seen, all denied.

    ``found``: what the id of the address names, where it has one and somebody is signed in.
    """

    household: Household
    __acl__: list[Any] = field(repr=False)
    found: Any = None


def acl_of(request: Request, permissions: Iterable[Permission]) -> list[Any]:
    """These permissions for who asks, as far as a role or scopes give them, and nothing else for anybody."""
    identity = request.identity
    if identity is None:
        return [DENY_ALL]
    held = identity.permissions
    granted = tuple(permission for permission in permissions if permission in held)
    return [(Allow, identity.principal, granted), DENY_ALL]


def household_of(request: Request) -> Household:
    """The household as the signed-in person sees it today, or as much of it as he shows to an assistant.

    Empty, without a statement, when no member is.
    """
    today, identity = request.tools.today(), request.identity
    if isinstance(identity, ApiAccess) and identity.person_id:
        return narrowed(load_household(request.db, identity.person_id, today), identity)
    if not isinstance(identity, Identity):
        return Household(0, today, ())
    return load_household(request.db, identity.person_id, today)


def public_id_of(request: Request, name: str) -> UUID:
    """The public id in the URL; what is not one is not found, like one of nobody's."""
    try:
        return UUID(request.matchdict[name])
    except ValueError:
        raise HTTPNotFound from None


def own_of(request: Request, name: str, find: Callable[[UUID], Any]) -> Any:
    """What this id of the address names; None when nobody is signed in, who is sent to sign in before any look-up.

    ``find``: only among what is one's own. Raises HTTPNotFound for somebody else's as for one that does not exist.
    """
    if request.identity is None:
        return None
    found = find(public_id_of(request, name))
    if found is None:
        raise HTTPNotFound
    return found


def household_context(request: Request) -> HouseholdContext:
    """Route factory of the pages without an id in their URL."""
    return HouseholdContext(household_of(request), acl_of(request, OWN_PERMISSIONS))
