"""The account of who is signed in, a member's or a colleague's: what it may do on itself."""

from dataclasses import dataclass, field
from typing import Any

from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.resources.household import acl_of


@dataclass(frozen=True, slots=True)
class AccountContext:
    """Nobody signed in: all denied. ``found``: as of a household."""

    __acl__: list[Any] = field(repr=False)
    found: Any = None


def account_context(request: Request) -> AccountContext:
    """Route factory of the pages of security, which need no household."""
    return AccountContext(acl_of(request, (Permission.EDIT_SECURITY,)))


def news_context(request: Request) -> AccountContext:
    """Route factory of what an open page asks every few seconds: one's own requests, without the household's cost."""
    return AccountContext(acl_of(request, (Permission.VIEW_REQUESTS,)))
