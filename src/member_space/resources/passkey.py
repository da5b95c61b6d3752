"""One passkey of the account signed in."""

from dataclasses import dataclass, field
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.models import Passkey
from member_space.resources.account import AccountContext, account_context
from member_space.resources.household import acl_of, public_id_of
from member_space.services.passkey import find_passkey


@dataclass(frozen=True, slots=True)
class PasskeyContext:
    """A key of this very account."""

    passkey: Passkey
    __acl__: list[Any] = field(repr=False)


def passkey_context(request: Request) -> PasskeyContext | AccountContext:
    """Route factory of ``{passkey_id}``; somebody else's is not found, exactly as one that does not exist."""
    if request.identity is None:
        return account_context(request)
    found = find_passkey(request.db, request.identity.account_id, public_id_of(request, "passkey_id"))
    if found is None:
        raise HTTPNotFound
    return PasskeyContext(found, acl_of(request, (Permission.EDIT_SECURITY,)))
