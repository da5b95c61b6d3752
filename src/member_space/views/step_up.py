"""« Confirmer votre identité »: a second factor again, before a sensitive act (C12)."""

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from member_space.domain.permissions import Permission
from member_space.security.addresses import safe_next
from member_space.security.challenge_cookie import challenge_token, forget_challenge, keep_challenge
from member_space.security.step_up import is_fresh
from member_space.services.challenge import CodeRefused, CodeSpent, Purpose
from member_space.services.second_factor import Waiting
from member_space.services.step_up import open_step_up, step_up, step_up_of
from member_space.services.throttling import TooManyTries
from member_space.views.done import go_on
from member_space.views.errors import too_many_tries
from member_space.views.second_factor import (
    EMPTY,
    OTHERS,
    PAGE,
    Routes,
    factor_given,
    factor_page,
    is_over,
    path_to,
    refused,
    send_and_show,
)
from member_space.views.sign_in import HOME

ROUTES = Routes("step_up", "step_up_others", "step_up_send", "step_up_passkey")


@view_defaults(permission=Permission.EDIT_SECURITY)
class StepUpViews:
    """The same page as between the two factors of a sign-in, with a session that stays as it is."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.token: str | None = None

    def _waiting(self) -> Waiting:
        """The request of this browser; a new one where there is none, whose cookie leaves with the answer."""
        request = self.request
        token = challenge_token(request, Purpose.STEP_UP)
        waiting = step_up_of(request.db, request.tools, request.identity, token)
        if waiting is None:
            waiting, self.token = open_step_up(request.db, request.tools, request.identity)
            keep_challenge(request, request.response, Purpose.STEP_UP, self.token)
        return waiting

    def _page(self, waiting: Waiting, problem: str | None = None) -> dict[str, Any]:
        return factor_page(self.request, waiting, ROUTES, problem) | {"why": "step_up"}

    def _back(self) -> Response:
        return HTTPSeeOther(safe_next(self.request.params.get("next"), HOME))

    def _start_again(self) -> Response:
        after = safe_next(self.request.params.get("next"), HOME)
        page = go_on(path_to(self.request, "step_up", after), "recommencer")
        return forget_challenge(self.request, page, Purpose.STEP_UP)

    @view_config(route_name="step_up", request_method="GET", renderer=PAGE)
    def show(self) -> Any:
        return self._back() if is_fresh(self.request) else self._page(self._waiting())

    @view_config(route_name="step_up_others", request_method="GET", renderer=OTHERS)
    def others(self) -> Any:
        return self._page(self._waiting())

    @view_config(route_name="step_up_send", request_method="POST", renderer=PAGE)
    def send(self) -> Any:
        waiting = self._waiting()
        answer = send_and_show(self.request, waiting, ROUTES)
        if isinstance(answer, dict):
            return self._page(waiting) | answer
        return keep_challenge(self.request, answer, Purpose.STEP_UP, self.token) if self.token else answer

    @view_config(route_name="step_up", request_method="POST", renderer=PAGE)
    def enter(self) -> Any:
        request, waiting = self.request, self._waiting()
        factor, code = factor_given(request, waiting)
        if factor is None or not code:
            request.response.status_int = 422
            return self._page(waiting, request.localizer.translate(EMPTY))
        try:
            step_up(request.db, request.tools, waiting, request.identity, factor, code, request.origin)
        except (CodeRefused, CodeSpent) as refusal:
            return self._start_again() if is_over(refusal) else self._page(waiting, refused(request, refusal))
        except TooManyTries as refusal:
            return too_many_tries(request, refusal.wait)
        return forget_challenge(request, self._back(), Purpose.STEP_UP)
