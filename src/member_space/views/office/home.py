"""The home of a colleague: what waits for him, and what his role may do."""

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from member_space.domain.permissions import GRANTS, Permission
from member_space.services.assisted_recovery import count_recoveries
from member_space.services.directory_report import count_waiting
from member_space.views.office.words import ACTS, ROLES

ANYBODYS = {Permission.VIEW_OFFICE, Permission.EDIT_SECURITY}


@view_config(
    route_name="office_home",
    request_method="GET",
    permission=Permission.VIEW_OFFICE,
    renderer="office/home.html.jinja2",
)
def home(request: Request) -> dict[str, Any]:
    """No data of any member: what waits is counted, not named."""
    granted = GRANTS[request.identity.role]
    waiting, mine = count_recoveries(request.db, request.tools, request.identity)
    return {
        "role": ROLES[request.identity.role],
        "acts": [ACTS[one] for one in Permission if one in granted - ANYBODYS],
        "granted": {one.value for one in granted},
        "waiting": waiting,
        "mine": mine,
        "told": count_waiting(request.db) if Permission.HANDLE_REQUESTS in granted else 0,
    }
