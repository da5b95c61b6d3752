"""Closing one's account: what stays and why, thirty days of grace, and the way back (C21, S-MSC-18)."""

from typing import Any

import colander
from pyramid.request import Request
from pyramid.view import view_config, view_defaults

from member_space.domain.permissions import Permission
from member_space.domain.retention import CLOSING_GRACE
from member_space.forms.closing import ClosingForm
from member_space.services.closing import ask_closing, cancel_closing
from member_space.services.retention_words import TABLE
from member_space.views.done import go_on
from member_space.views.my_data import note_seen
from member_space.views.refusal import refuse


@view_defaults(
    route_name="my_data_close",
    permission=Permission.EXERCISE_RIGHTS,
    renderer="my_data/close.html.jinja2",
    step_up=True,
)
class ClosingViews:
    """The page, and the one act it offers."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        note_seen(self.request)
        return self._page(None)

    @view_config(request_method="POST")
    def close(self) -> Any:
        request = self.request
        try:
            ClosingForm().deserialize(dict(request.POST))
        except colander.Invalid as invalid:
            return self._page(refuse(request, invalid))
        ask_closing(request.db, request.tools, request.identity, request.origin, request.locale_name)
        return go_on(request.route_path("my_data"), "fermeture-demandee")

    def _page(self, problem: str | None) -> dict[str, Any]:
        return {"problem": problem, "days": CLOSING_GRACE.days, "stays": [one for one in TABLE if not one.by_us]}


@view_config(route_name="my_data_stay", request_method="POST", permission=Permission.EXERCISE_RIGHTS)
def stay(request: Request) -> Any:
    """Cancelling asks for nothing more: whoever is signed in keeps the account."""
    cancel_closing(request.db, request.identity, request.origin)
    return go_on(request.route_path("my_data"), "fermeture-annulee")
