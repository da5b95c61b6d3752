"""What applications ask of the OAuth server themselves: they prove who they are, and no cookie is ever read here.

Hence without the token of forms: a page of another site can make a browser send nothing that a member's session signs.
"""

from collections.abc import Callable
from math import ceil
from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from member_space.services.oauth_server import (
    Answer,
    give_token,
    introspect,
    resource_metadata,
    revoke,
    server_metadata,
)
from member_space.services.throttling import TooManyTries

MACHINE: dict[str, Any] = {
    "request_method": "POST",
    "permission": NO_PERMISSION_REQUIRED,
    "require_csrf": False,
}
OUR_FAULTS = {429: "temporarily_unavailable", 500: "server_error", 503: "temporarily_unavailable"}
KNOWN_FOR = 3600
"""Seconds that a client may keep what describes us."""


@view_config(route_name="oauth_token", **MACHINE)
def token(request: Request) -> Response:
    return _answer(request, give_token)


@view_config(route_name="oauth_revoke", **MACHINE)
def revoke_token(request: Request) -> Response:
    return _answer(request, revoke)


@view_config(route_name="oauth_introspect", **MACHINE)
def introspect_token(request: Request) -> Response:
    return _answer(request, introspect)


def machine_error(status: int) -> Response:
    """What could not be read or done, in the words of RFC 6749 (5.2, and 4.1.2.1 for our own faults)."""
    error = OUR_FAULTS.get(status, "invalid_request")
    return Response(status=status, json_body={"error": error}, cache_control="no-store")


def _answer(request: Request, ask: Callable[..., Answer]) -> Response:
    given = request.headers.get("Authorization")
    headers = {"Authorization": given} if given else {}
    try:
        found = ask(request.db, request.tools, request.origin, request.query_string, request.POST.items(), headers)
    except TooManyTries as refusal:
        response = machine_error(429)
        response.retry_after = ceil(refusal.wait.total_seconds())
        return response
    kind = "application/json" if found.body else "text/plain"
    response = Response(found.body, status=found.status, content_type=kind, charset="utf-8")
    response.headers.update(found.headers)
    response.headers.update({"Cache-Control": "no-store", "Pragma": "no-cache"})
    return response


@view_config(route_name="oauth_server", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def describe_server(request: Request) -> Response:
    return _described(server_metadata(request.registry.member_space))


@view_config(route_name="oauth_resource", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def describe_resource(request: Request) -> Response:
    return _described(resource_metadata(request.registry.member_space))


def _described(metadata: dict[str, Any]) -> Response:
    """Public, for the pages of other sites too."""
    response = Response(json_body=metadata, cache_control=f"public, max-age={KNOWN_FOR}")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
