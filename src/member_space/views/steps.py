"""« Démarches »: what can be done here, what was begun, what is under way; and what is done otherwise (S-HCR-54)."""

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.services.household import Household
from member_space.services.open_requests import under_way
from member_space.services.request_draft import drafts_of
from member_space.views.content import page_of
from member_space.views.request_words import cards_of


@view_config(
    route_name="steps",
    request_method="GET",
    permission=Permission.VIEW_REQUESTS,
    renderer="request/steps.html.jinja2",
    reads=What.REQUEST,
)
def steps(request: Request) -> dict[str, Any]:
    household: Household = request.context.household
    return {
        **cards_of(request, under_way(request.db, household), drafts_of(request.db, household)),
        "page": page_of(request, "demarches"),
    }
