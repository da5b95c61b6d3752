"""One passkey of the account signed in."""

from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.resources.account import AccountContext
from member_space.resources.household import acl_of, own_of
from member_space.services.passkey import find_passkey


def passkey_context(request: Request) -> AccountContext:
    """Route factory of ``{passkey_id}``."""
    found = own_of(request, "passkey_id", lambda id_: find_passkey(request.db, request.identity.account_id, id_))
    return AccountContext(acl_of(request, (Permission.EDIT_SECURITY,)), found)
