"""The office: the context of its pages. Only a colleague's account is granted anything here, by its role."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pyramid.authorization import DENY_ALL
from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.models import ApiClient, Attachment, LegalHold
from member_space.models import Request as MemberRequest
from member_space.resources.household import acl_of, public_id_of
from member_space.services.api_client import find_client
from member_space.services.assisted_recovery import Recovery, find_recovery
from member_space.services.attachment_read import find_sent_attachment
from member_space.services.canned_answer import Answer, find_answer
from member_space.services.legal_hold import find_hold
from member_space.services.office_account import OfficeAccount, find_office_account, has_factor
from member_space.services.office_member import OfficeMember, find_member
from member_space.services.office_request import find_handled
from member_space.services.readings import Shown
from member_space.services.sessions import OfficeIdentity
from member_space.services.webhook import Target, find_target

OFFICE_PERMISSIONS = (
    Permission.VIEW_OFFICE,
    Permission.VIEW_MEMBER,
    Permission.ASK_RECOVERY,
    Permission.APPROVE_RECOVERY,
    Permission.HANDLE_REQUESTS,
    Permission.MANAGE_ANSWERS,
    Permission.HOLD_RECORDS,
    Permission.EXPORT_COMPLAINTS,
    Permission.READ_JOURNAL,
    Permission.MANAGE_OFFICE_ACCOUNTS,
    Permission.MANAGE_CLIENTS,
    Permission.MANAGE_WEBHOOKS,
)
"""What a colleague may do at the office, as far as his role goes (domain.permissions.GRANTS)."""


@dataclass(frozen=True, slots=True)
class OfficeContext:
    """`found`: what the id of the address names, where it has one. `shown`: for the services, which note there each
    member whom they load; a view whose services did names `reads=` and `reason=` (security.readings)."""

    __acl__: list[Any] = field(repr=False)
    found: Any = None
    shown: Shown = field(default_factory=Shown, compare=False, repr=False)


def _acl(request: Request) -> list[Any]:
    """Without a second factor an account of the office does nothing but take one (CNIL: many people's data)."""
    identity = request.identity
    if not isinstance(identity, OfficeIdentity):
        return [DENY_ALL]
    if not has_factor(request.db, identity.account_id):
        raise HTTPSeeOther(request.route_path("security"))
    return acl_of(request, OFFICE_PERMISSIONS)


def office_context(request: Request) -> OfficeContext:
    """Route factory of the pages without an id."""
    return OfficeContext(_acl(request))


def office_account_context(request: Request) -> OfficeContext:
    """Route factory of one colleague's account."""
    return _context(request, OfficeAccount, find_office_account, "office_account_id")


def office_member_context(request: Request) -> OfficeContext:
    """Route factory of one member, as the office may see him."""
    shown = Shown()
    return _context(request, OfficeMember, partial(find_member, shown=shown), "person_id", shown)


def office_recovery_context(request: Request) -> OfficeContext:
    """Route factory of one request for a way back in."""
    shown = Shown()
    return _context(request, Recovery, partial(find_recovery, shown=shown), "recovery_id", shown)


def office_attachment_context(request: Request) -> OfficeContext:
    """Route factory of one file that a member sent."""
    shown = Shown()
    return _context(request, Attachment, partial(find_sent_attachment, shown=shown), "attachment_id", shown)


def office_answer_context(request: Request) -> OfficeContext:
    """Route factory of one answer ready to send: the team's, or one's own."""
    account_id = getattr(request.identity, "account_id", 0)
    return _context(request, Answer, partial(find_answer, account_id=account_id), "answer_id")


def office_legal_hold_context(request: Request) -> OfficeContext:
    """Route factory of one legal hold."""
    return _context(request, LegalHold, find_hold, "legal_hold_id")


def office_client_context(request: Request) -> OfficeContext:
    """Route factory of one application that may ask members for their data."""
    return _context(request, ApiClient, find_client, "api_client_id")


def office_webhook_context(request: Request) -> OfficeContext:
    """Route factory of one target of an application."""
    return _context(request, Target, find_target, "webhook_id")


def office_request_context(request: Request) -> OfficeContext:
    """Route factory of one request that a member sent."""
    return _context(request, MemberRequest, find_handled, "handled_id")


def _context(request: Request, kind: type, find: Any, name: str, shown: Shown | None = None) -> OfficeContext:
    """Nobody else than a colleague has anything looked for: what is not his to ask does not exist."""
    acl = _acl(request)
    if acl == [DENY_ALL]:
        return OfficeContext(acl)
    found = find(request.db, public_id_of(request, name))
    if not isinstance(found, kind):
        raise HTTPNotFound
    return OfficeContext(acl, found, shown or Shown())
