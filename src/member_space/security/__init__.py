"""Closed by default: who is there, what may be done, CSRF, and the headers that keep a page closed."""

from functools import partial
from typing import Any

from pyramid.config import PHASE3_CONFIG
from pyramid.csrf import CookieCSRFStoragePolicy, get_csrf_token
from pyramid.events import BeforeRender, NewRequest
from pyramid.interfaces import IRequestExtensions, IRequestFactory
from pyramid.tweens import EXCVIEW

from member_space.security.addresses import client_ip, trust_scheme
from member_space.security.bad_input import BoundedRequest, refuse_unreadable
from member_space.security.policy import CLOSED, SessionSecurityPolicy
from member_space.security.request_id import request_id
from member_space.services.sessions import Lifetimes, time_left
from member_space.services.tools import Origin, Tools
from member_space.services.user_agent import KEPT


def includeme(config: Any) -> None:
    """Register the policy, CSRF and the headers; a view opens what it says it opens, and nothing else."""
    settings = config.registry.member_space
    config.set_security_policy(SessionSecurityPolicy(settings))
    config.set_default_permission(CLOSED)
    config.set_csrf_storage_policy(
        CookieCSRFStoragePolicy(
            cookie_name="__Host-csrf" if settings.cookie_secure else "csrf",
            secure=settings.cookie_secure,
            httponly=True,
            samesite="Lax",
        )
    )
    config.set_default_csrf_options(require_csrf=True, check_origin=True)
    # Inside the transaction and the views of exceptions: what it refuses is answered like the rest.
    config.add_tween("member_space.security.api_count.api_count_tween", under=EXCVIEW)
    # The last added is the outermost: log, headers, then the transaction and the views.
    config.add_tween("member_space.security.headers.headers_tween")
    config.add_tween("member_space.security.logs.log_tween")
    config.add_subscriber(_give_token, BeforeRender)
    config.set_request_factory(BoundedRequest)
    # After every `add_request_method`, wherever it is written.
    config.action("request class", _make_request_class, args=(config.registry,), order=PHASE3_CONFIG + 1)
    config.add_subscriber(trust_scheme, NewRequest)
    config.add_subscriber(refuse_unreadable, NewRequest)
    config.include("member_space.security.step_up")
    config.include("member_space.security.password_first")
    config.include("member_space.security.readings")
    config.include("member_space.security.human_check")
    config.include("member_space.security.uploads")
    config.add_request_method(request_id, "id", reify=True)
    config.add_request_method(client_ip, "client_ip", reify=True)
    config.add_request_method(_origin, "origin", reify=True)
    config.add_request_method(_tools, "tools", reify=True)
    config.add_request_method(_session_left, "session_left", property=True)


def _make_request_class(registry: Any) -> None:
    """One class with all the properties of requests: Pyramid would make one for each request, to put them there."""
    properties = registry.getUtility(IRequestExtensions).descriptors
    registry.registerUtility(type("Request", (BoundedRequest,), dict(properties)), IRequestFactory)
    properties.clear()


def _origin(request: Any) -> Origin:
    """Where this request comes from, as services and the journal want it."""
    agent = request.user_agent
    return Origin(request.client_ip, agent[:KEPT] if agent else None, request.id)


def _tools(request: Any) -> Tools:
    """What services may need besides the session."""
    return Tools(request.registry.member_space, request.registry.getUtility)


def _session_left(request: Any) -> int:
    """The seconds that the session of who is signed in goes on for without another sign of life; 0 without one."""
    if request.identity is None:
        return 0
    tools = request.tools
    return int(time_left(request.identity, tools.now(), Lifetimes.of(tools.settings)).total_seconds())


def _give_token(event: Any) -> None:
    """`csrf_token()` in templates: the cookie is only set by a page that has a form."""
    request = event["request"]
    event["csrf_token"] = partial(get_csrf_token, request)
