"""« Incident sur vos données »: what happened, when, which data, what to do, and whom to write to (C159)."""

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from member_space.domain.permissions import Permission
from member_space.services.breach import note_breach_read
from member_space.views.breach_words import WHAT, WHAT_TO_DO


@view_config(
    route_name="breach",
    request_method="GET",
    permission=Permission.EXERCISE_RIGHTS,
    renderer="my_data/breach.html.jinja2",
)
def breach(request: Request) -> dict[str, Any]:
    """Opening it is reading it: the banner goes."""
    found = request.context.found
    note_breach_read(request.db, request.tools, request.identity, found, request.origin)
    advice = dict.fromkeys(one for leaked in found.leaked for one in WHAT_TO_DO[leaked])
    return {"breach": found, "what": [WHAT[one] for one in found.leaked], "advice": list(advice)}
