"""A copy of everything: asked for, then taken within a day (C156)."""

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.services.export import ask_copy, last_copy, take_copy
from member_space.services.export_part import minors_of
from member_space.views.done import go_on
from member_space.views.download import ZIP, download
from member_space.views.my_data import note_seen


@view_defaults(
    route_name="my_data_copy",
    permission=Permission.EXERCISE_RIGHTS,
    renderer="my_data/copy.html.jinja2",
    step_up=True,
)
class CopyViews:
    """The page says how far the copy is; asking is its one act."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        note_seen(self.request)
        return {"copy": last_copy(self.request.db, self.request.identity.account_id)}

    @view_config(request_method="POST")
    def ask(self) -> Any:
        request = self.request
        ask_copy(request.db, request.tools, request.identity, request.origin)
        return go_on(request.route_path("my_data_copy"), "copie-demandee")


@view_config(
    route_name="my_data_file",
    request_method="GET",
    permission=Permission.EXERCISE_RIGHTS,
    step_up=True,
    reads=What.EXPORT,
)
def take(request: Request) -> Response:
    """The file, piece by piece. Those of the minors whose care is in it were read too."""
    household, copy = request.context.household, request.context.found
    household.note(minors_of(household))
    try:
        pieces = take_copy(request.db, request.tools, request.identity, copy, request.origin)
    except KeyError:
        raise HTTPNotFound from None
    return download(pieces, "mes-donnees.zip", ZIP, copy.size)
