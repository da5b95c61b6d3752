"""Signing in by a provider of identity. Without the setting `oidc.issuer`, none of these pages exists."""

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config, view_defaults

from member_space.security.addresses import safe_next
from member_space.security.challenge_cookie import challenge_token, forget_challenge, keep_challenge
from member_space.services.challenge import Purpose
from member_space.services.oidc import OidcRefused, Refusal, finish, start
from member_space.views.sign_in import HOME, after_first_factor_go, visitor


@view_defaults(permission=NO_PERMISSION_REQUIRED)
class OidcViews:
    """There, back, and what went wrong on the way."""

    def __init__(self, request: Request) -> None:
        self.request = request
        if request.registry.member_space.oidc is None:
            raise HTTPNotFound
        self.provider = request.registry.member_space.oidc.label

    @view_config(route_name="oidc", request_method="GET")
    def door(self) -> Response:
        """Whoever comes back to this address starts from the page that has the button."""
        return HTTPSeeOther(self.request.route_path("sign_in"))

    @view_config(route_name="oidc", request_method="POST", renderer="oidc/leave.html.jinja2")
    def leave(self) -> Any:
        """A page that leaves by itself, and not a redirect: `form-action 'self'` follows those of a form."""
        request = self.request
        try:
            started = start(request.db, request.tools, safe_next(request.POST.get("next"), HOME))
        except OidcRefused as refused:
            return self._refuse(refused.refusal)
        request.response.headers["Refresh"] = f"0;url={started.url}"
        keep_challenge(request, request.response, Purpose.OIDC, started.token)
        return {"provider": self.provider, "address": started.url}

    @view_config(route_name="oidc_back", request_method="GET")
    def come_back(self) -> Response:
        """Always onto another page: neither the code nor the state stays in the address."""
        request = self.request
        token = challenge_token(request, Purpose.OIDC)
        try:
            outcome, path = finish(request.db, request.tools, token, request.GET, visitor(request))
        except OidcRefused as refused:
            return self._refuse(refused.refusal)
        return forget_challenge(request, after_first_factor_go(request, outcome, path), Purpose.OIDC)

    def _refuse(self, refusal: Refusal) -> Response:
        return HTTPSeeOther(self.request.route_path("oidc_refused", refusal=refusal.value))

    @view_config(route_name="oidc_refused", request_method="GET", renderer="oidc/refused.html.jinja2")
    def refused(self) -> dict[str, Any]:
        return {"provider": self.provider, "refusal": Refusal(self.request.matchdict["refusal"]).name}
