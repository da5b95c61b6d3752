"""What is answered when the page cannot be: in plain words, never a trace, never whether something exists."""

from datetime import timedelta
from math import ceil
from typing import Any
from urllib.parse import quote

import structlog
from pyramid.exceptions import BadCSRFOrigin, BadCSRFToken, URLDecodeError
from pyramid.httpexceptions import HTTPBadRequest, HTTPException, HTTPSeeOther
from pyramid.interfaces import IRoutesMapper, ISecurityPolicy
from pyramid.renderers import render
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import exception_view_config, forbidden_view_config, notfound_view_config
from pyramid_retry import is_error_retryable

from member_space.domain.api_scope import scope_opening
from member_space.domain.request import Gone, NotAllowed
from member_space.security.addresses import is_own_path
from member_space.security.drafts import asked_by_script
from member_space.security.policy import is_api
from member_space.security.route_facts import route_facts
from member_space.services.health import is_away
from member_space.services.oauth_server import MACHINES
from member_space.services.sessions import Identity, OfficeIdentity
from member_space.views.api.problem import insufficient_scope, problem, unauthorized
from member_space.views.oauth_machine import machine_error

log = structlog.get_logger(__name__)

TYPED = ("texte", "message", "avis", "body", "note")
"""The fields in which somebody writes, of the forms about a request."""
RETRY_AFTER = 30
"""Seconds that a database takes to start again."""
LAST_RESORT = """<!doctype html><html lang="fr"><meta charset="utf-8"><title>Panne</title>
<h1>Notre service a rencontré une panne</h1>
<p>La panne vient de nous, pas de vous. Réessayez dans quelques minutes.</p></html>"""


def error_page(request: Request, status: int, template: str | None = None, **values: Any) -> Response:
    """The page of `errors/<template or status>`; the reference, short enough to be dictated, is how the id of the
    request begins in the logs. Beneath /api/ nobody reads pages: a problem (RFC 9457); nor where
    applications ask for tokens (RFC 6749)."""
    if is_api(request):
        return problem(request, status)
    if request.environ.get("PATH_INFO") in MACHINES:
        return machine_error(status)
    page = {"reference": f"{request.id[:4]}-{request.id[4:8]}"} | values
    body = render(f"errors/{template or status}.html.jinja2", page, request)
    return Response(body, status=status, content_type="text/html", charset="utf-8")


def too_many_tries(request: Request, wait: timedelta, template: str | None = None) -> Response:
    """429, and when to come back; answered, not raised: what was counted stays."""
    seconds = ceil(wait / timedelta(seconds=1))
    response = error_page(request, 429, template, retry_after=seconds)
    response.retry_after = seconds
    return response


def _door(request: Request) -> Response:
    """To the sign-in page, and from there back here when here is a page."""
    if is_api(request):
        return unauthorized(request)
    if asked_by_script(request):
        return Response(status=401, json_body={})
    query = {}
    if request.method in ("GET", "HEAD"):
        here = quote(request.path_qs, safe="/?&=%+:,;@-._~!$'()*")
        if here != "/" and is_own_path(here):
            query = {"next": here}
    return HTTPSeeOther(request.route_path("sign_in", _query=query or None))


@forbidden_view_config()
def forbidden(request: Request) -> Response:
    """Nobody: the door. A colleague on a member's page: his own home. A member at the office: there is no such page."""
    identity = request.identity
    if identity is None:
        return _door(request)
    if is_api(request):
        return insufficient_scope(request, scope_opening(getattr(request.exception.result, "permission", None)))
    at_the_office = request.matched_route.name.startswith("office_")
    if isinstance(identity, OfficeIdentity) and not at_the_office and request.method in ("GET", "HEAD"):
        return HTTPSeeOther(request.route_path("office_home"))
    return error_page(request, 404 if at_the_office and isinstance(identity, Identity) else 403)


def _page_above(request: Request) -> str | None:
    """The page whose form is sent to this address: it shows that address while it tells of errors, so that somebody
    comes back to it, from the door or a bookmark."""
    above = request.path.rpartition("/")[0] or "/"
    route = request.registry.getUtility(IRoutesMapper)(Request.blank(above))["route"]
    facts = route_facts(request.registry).get(route.name) if route else None
    return above if facts and facts.methods and "GET" in facts.methods else None


@notfound_view_config()
def not_found(request: Request) -> Response:
    """404; 405 where the route has other methods; the door where a page may exist for somebody signed in."""
    route = getattr(request, "matched_route", None)
    facts = route_facts(request.registry).get(route.name) if route else None
    if facts and facts.methods and request.method not in facts.methods:
        if request.method in ("GET", "HEAD") and not is_api(request) and (page := _page_above(request)):
            return HTTPSeeOther(page)
        response = error_page(request, 405)
        response.allow = sorted(facts.methods)
        return response
    if facts and not facts.public and request.identity is None:
        return _door(request)
    return error_page(request, 404)


@exception_view_config(Gone)
@exception_view_config(NotAllowed)
def changed_meanwhile(exc: Exception, request: Request) -> Response:
    """The request was erased, sent or moved between the reading of the page and this act: nothing was written.

    404 or 409, with what was typed: there is no form any more to show it in.
    """
    gone = isinstance(exc, Gone)
    typed = [text for name in TYPED for text in request.POST.getall(name) if text.strip()]
    page = None
    if isinstance(request.identity, Identity):
        seen = request.matchdict.get("request_id")
        page = request.route_path("request", request_id=seen) if seen and not gone else request.route_path("messages")
    return error_page(request, 404 if gone else 409, "changed", gone=gone, typed=typed, page=page)


@exception_view_config(BadCSRFToken)
@exception_view_config(BadCSRFOrigin)
def stale_form(request: Request) -> Response:
    return error_page(request, 400, "stale_form")


@exception_view_config(URLDecodeError)
@exception_view_config(HTTPBadRequest)
def unreadable(request: Request) -> Response:
    return error_page(request, 400)


@exception_view_config(HTTPException)
def other(exc: HTTPException, request: Request) -> Response:
    """A redirect passes; any other status gets a page of ours rather than Pyramid's English one."""
    if exc.status_int < 400 or exc.status_int >= 500:
        return exc
    return error_page(request, exc.status_int, "400")


@exception_view_config(Exception)
def broken(exc: Exception, request: Request) -> Response:
    """500, or 503 while the database is away; without asking it for anything: it may be what broke."""
    away = is_away(exc)
    if is_error_retryable(request, exc):
        log.warning("conflict, tried again", error=type(exc).__name__)
    elif away:
        log.error("the database does not answer", error=type(exc).__name__)
    else:
        log.error("unhandled exception", exc_info=exc)
    request.registry.getUtility(ISecurityPolicy).set_identity(request, None)
    try:
        response = error_page(request, 503 if away else 500)
        response.retry_after = RETRY_AFTER if away else None
        return response
    except Exception:
        log.exception("the page of errors is broken too")
        return Response(LAST_RESORT, status=500, content_type="text/html", charset="utf-8")
