"""What machines ask: alive, ready, and how it goes."""

import hmac
from collections.abc import Callable

import structlog
from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from member_space.interfaces import IJobs, IStorage
from member_space.security import metrics
from member_space.services.attachment_check import waiting_since
from member_space.services.health import check_database

log = structlog.get_logger(__name__)


@view_config(route_name="healthz", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def healthz(_request: Request) -> Response:
    """The process answers; asks nothing of anything else."""
    return Response("ok\n", content_type="text/plain", charset="utf-8")


@view_config(route_name="readyz", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def readyz(request: Request) -> Response:
    """Each thing that a page needs, `ok` or `failed` by name; 503 when one fails. The cause goes to the log only."""
    find = request.registry.getUtility
    checks = {
        "database": lambda: check_database(request.registry.engine),
        "storage": find(IStorage).check,
        "jobs": find(IJobs).check,
    }
    answers = {name: _answer(name, check) for name, check in checks.items()}
    status = 503 if "failed" in answers.values() else 200
    return Response(json_body=answers, status=status)


def _answer(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except Exception as error:
        # Any cause at all means not ready; it may name hosts and users, so it is not shown.
        log.error("not ready", check=name, exc_info=error)
        return "failed"
    return "ok"


@view_config(route_name="metrics", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def show_metrics(request: Request) -> Response:
    """For who has the token; for anybody else, and where no token is set, there is no such page."""
    token = request.registry.member_space.metrics_token
    given = request.headers.get("Authorization", "")
    if token is None or not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        raise HTTPNotFound
    since = waiting_since(request.db)
    metrics.file_waiting.set((request.tools.now() - since).total_seconds() if since else 0)
    body, content_type = metrics.exposition()
    response = Response(body)
    response.headers["Content-Type"] = content_type
    return response
