"""Each question to the API is counted before anything is read for it, and refused past the limit (RFC 6585, 4).

In a transaction of its own: a question whose work is undone was asked all the same, and two questions of one client
wait for each other's count, never for each other's work. Nobody is counted without a token that is good; a question
tried again after a conflict is counted once.
"""

from collections.abc import Callable
from typing import Any

from pyramid.request import Request
from pyramid.response import Response

from member_space.security.policy import is_api
from member_space.services.api_access import ApiAccess
from member_space.services.api_count import WINDOW, Quota, count_question

_COUNTED = "member_space.api_quotas"


class TooManyQuestionsError(Exception):
    """``wait``: seconds until the next minute."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"{wait} s to wait")
        self.wait = wait


def api_count_tween(handler: Callable[[Request], Response], registry: Any) -> Callable[[Request], Response]:
    """Counts, and tells what is left (draft-ietf-httpapi-ratelimit-headers). Raises TooManyQuestionsError."""

    def counted(request: Request) -> Response:
        access = request.identity if is_api(request) else None
        if isinstance(access, ApiAccess):
            quotas = request.environ.get(_COUNTED)
            if quotas is None:
                with registry.session_factory.begin() as db:
                    most = registry.member_space.api_member_per_minute
                    quotas = request.environ[_COUNTED] = count_question(db, access, most, request.tools.now())
            request.add_response_callback(lambda _request, response: _tell(response, quotas))
            if any(quota.is_over for quota in quotas):
                raise TooManyQuestionsError(quotas[0].resets_in)
        return handler(request)

    return counted


def _tell(response: Response, quotas: list[Quota]) -> None:
    seconds = int(WINDOW.total_seconds())
    response.headers["RateLimit-Policy"] = ", ".join(f'"{one.name}";q={one.most};w={seconds}' for one in quotas)
    response.headers["RateLimit"] = ", ".join(f'"{one.name}";r={one.left};t={one.resets_in}' for one in quotas)
