"""« Ce n’est pas moi »: the page of a security mail's link, for anybody who holds its code, signed in or not (C11)."""

from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config, view_defaults

from member_space.resources.household import public_id_of
from member_space.security.policy import let_out
from member_space.services.challenge import CodeRefused, CodeSpent
from member_space.services.disown import disown, find_disowning, state_of
from member_space.views.code import NO_MAILED_CODE, wrong_mailed_code_words
from member_space.views.done import go_on


@view_defaults(route_name="disown", renderer="disown/disown.html.jinja2", permission=NO_PERMISSION_REQUIRED)
class DisownViews:
    """Opening the page uses nothing and tells nothing of the account; the right code closes everything."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.asked = find_disowning(request.db, public_id_of(request, "challenge_id"))

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page(None)

    @view_config(request_method="POST")
    def close(self) -> dict[str, Any] | Response:
        request, code = self.request, self.request.POST.get("code", "")
        if self.asked is None:
            return self._page(None)
        if not code.strip():
            return self._refuse(request.localizer.translate(NO_MAILED_CODE))
        try:
            closed = disown(request.db, request.tools, self.asked, code, request.origin)
        except CodeRefused as refusal:
            return self._refuse(wrong_mailed_code_words(request, refusal))
        except CodeSpent:
            return self._page(None)
        answer = go_on(request.path, "tout-ferme")
        ours = request.identity
        return let_out(request, answer) if ours and ours.account_id == closed.account_id else answer

    def _refuse(self, problem: str) -> dict[str, Any]:
        self.request.response.status_int = 422
        return self._page(problem)

    def _page(self, problem: str | None) -> dict[str, Any]:
        state = state_of(self.request.tools, self.asked)
        if state == "over":
            self.request.response.status_int = 410
        return {"state": state, "problem": problem}
