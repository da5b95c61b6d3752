"""What the virtual adviser did not answer, or not well: what to mend in its entries, without whose it was."""

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.security.redaction import redact_text
from member_space.services.adviser_feedback import REASON, missed_questions


@view_config(
    route_name="office_adviser",
    request_method="GET",
    permission=Permission.MANAGE_ANSWERS,
    renderer="office/adviser.html.jinja2",
    reads=What.ADVISER_QUESTION,
    reason=REASON,
)
def show(request: Request) -> dict[str, Any]:
    """A number that a member typed is struck out: nobody here needs it."""
    return {"groups": missed_questions(request.db, request.tools, request.context.shown), "struck": redact_text}
