"""One browser of the account signed in: a trusted one, or an open session."""

from functools import partial

from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.resources.account import AccountContext
from member_space.resources.household import acl_of, own_of
from member_space.services.device_list import find_browser


def browser_context(request: Request) -> AccountContext:
    """Route factory of ``{browser_id}``."""
    found = own_of(request, "browser_id", partial(find_browser, request.db, request.tools, request.identity))
    return AccountContext(acl_of(request, (Permission.EDIT_SECURITY,)), found)
