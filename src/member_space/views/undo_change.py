"""The link of a warning: « une de vos coordonnées a changé ». Its code takes the change back."""

from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config, view_defaults

from member_space.resources.household import public_id_of
from member_space.security.policy import let_out
from member_space.services.challenge import CodeRefused, CodeSpent
from member_space.services.undo_change import undo_change, warning_of
from member_space.views.code import NO_MAILED_CODE, wrong_mailed_code_words
from member_space.views.done import go_on


@view_defaults(route_name="undo_change", renderer="undo_change/undo.html.jinja2", permission=NO_PERMISSION_REQUIRED)
class UndoChangeViews:
    """For whoever holds the message, signed in or not; the page tells nothing of the account."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.public_id = public_id_of(request, "challenge_id")

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page()

    @view_config(request_method="POST")
    def undo(self) -> dict[str, Any] | Response:
        request, code = self.request, self.request.POST.get("code", "")
        if not code.strip():
            return self._page(request.localizer.translate(NO_MAILED_CODE))
        try:
            undone = undo_change(request.db, request.tools, self.public_id, code, request.origin)
        except CodeRefused as refusal:
            return self._page(wrong_mailed_code_words(request, refusal))
        except CodeSpent:
            return self._page()
        done = "retabli-suspendu" if undone.frozen else "retabli"
        answer = go_on(request.path, "retabli-sans-email" if undone.email_lost else done)
        ours = request.identity
        return let_out(request, answer) if ours and ours.account_id == undone.account_id else answer

    def _page(self, problem: str | None = None) -> dict[str, Any]:
        state = warning_of(self.request.db, self.request.tools, self.public_id)
        if problem:
            self.request.response.status_int = 422
        elif state == "over":
            self.request.response.status_int = 410
        phone = self.request.registry.brand.phone_shown
        return {"state": state, "problem": problem, "done_values": {"phone": phone}}
