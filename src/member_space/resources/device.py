"""One browser of the account signed in: a trusted one, or an open session."""

from dataclasses import dataclass, field
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.resources.account import AccountContext, account_context
from member_space.resources.household import acl_of, public_id_of
from member_space.services.device_list import Browser, find_browser


@dataclass(frozen=True, slots=True)
class BrowserContext:
    """A browser of this very account."""

    browser: Browser
    __acl__: list[Any] = field(repr=False)


def browser_context(request: Request) -> BrowserContext | AccountContext:
    """Route factory of ``{browser_id}``; somebody else's is not found, exactly as one that does not exist."""
    if request.identity is None:
        return account_context(request)
    found = find_browser(request.db, request.tools, request.identity, public_id_of(request, "browser_id"))
    if found is None:
        raise HTTPNotFound
    return BrowserContext(found, acl_of(request, (Permission.EDIT_SECURITY,)))
