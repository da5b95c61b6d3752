"""« … peut ouvrir son propre espace »: the invitation, from the page of a person of the contract (C20)."""

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from member_space.domain.permissions import Permission
from member_space.services.invitation import InvitedLatelyError, NobodyToInviteError, invite
from member_space.views.done import go_on
from member_space.views.errors import error_page, too_many_tries


@view_config(route_name="invitation", request_method="POST", permission=Permission.INVITE_BENEFICIARY)
def send_invitation(request: Request) -> Any:
    household = request.context.household
    try:
        invite(request.db, request.tools, request.identity, household, request.context.found.person_id, request.origin)
    except NobodyToInviteError:
        return error_page(request, 404)
    except InvitedLatelyError as refusal:
        return too_many_tries(request, refusal.wait)
    return go_on(request.route_path("beneficiary", person_id=request.matchdict["person_id"]), "invitation")
