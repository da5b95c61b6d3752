"""Signing in and out."""

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config, view_defaults
from translationstring import TranslationString, TranslationStringFactory

from member_space.security.addresses import safe_next
from member_space.security.challenge_cookie import challenge_token, forget_challenge, keep_challenge
from member_space.security.device_cookie import device_token, keep_device
from member_space.security.policy import let_in, let_out
from member_space.services.challenge import Purpose
from member_space.services.sign_in import Asked, Opened, SignInRefused, Visitor, sign_in_with_password, sign_out
from member_space.services.throttling import TooManyTries
from member_space.views.done import go_on
from member_space.views.errors import too_many_tries
from member_space.views.terms import terms_first

_ = TranslationStringFactory("member_space")

HOME = "/"
TEMPLATE = "sign_in/sign_in.html.jinja2"
MISSING = {"email": _("Écrivez votre adresse e-mail."), "password": _("Écrivez votre mot de passe.")}
REFUSED = _(
    "Cette adresse et ce mot de passe ne vont pas ensemble. "
    "Vérifiez l’adresse, puis les majuscules et les chiffres du mot de passe."
)


def visitor(request: Request) -> Visitor:
    """The browser that asks to come in, with the cookies that it already holds."""
    session_id = request.identity.session_id if request.identity else None
    return Visitor(request.origin, session_id=session_id, device_token=device_token(request))


def after_first_factor_go(request: Request, outcome: Opened | Asked, asked_next: str | None) -> Response:
    """Where any first factor leads: in, or to the page of the second one. `asked_next` comes from outside."""
    path = safe_next(asked_next, HOME)
    if isinstance(outcome, Opened):
        return go_in(request, outcome, path)
    query = {"next": path} if path != HOME else None
    asked = HTTPSeeOther(request.route_path("sign_in_code", _query=query))
    return keep_challenge(request, asked, Purpose.SIGN_IN, outcome.challenge_token)


def go_in(request: Request, opened: Opened, path: str) -> Response:
    """Give the browser its session, and its device where it is trusted; `path` is one of ours."""
    response = let_in(request, HTTPSeeOther(terms_first(request, opened.account_id, path)), opened.token)
    if opened.device_token:
        keep_device(request, response, opened.device_token)
    if challenge_token(request, Purpose.SIGN_IN):
        forget_challenge(request, response, Purpose.SIGN_IN)
    return response


@view_defaults(route_name="sign_in", renderer=TEMPLATE, permission=NO_PERMISSION_REQUIRED)
class SignInViews:
    """The form, and the one answer for whatever is wrong with it."""

    def __init__(self, request: Request) -> None:
        self.request = request

    def _form(self, errors: list[tuple[str | None, TranslationString]]) -> dict[str, Any]:
        asked = self.request.params.get("next")
        return {
            "email": self.request.POST.get("email", ""),
            "next": safe_next(asked, HOME),
            "provider": oidc.label if (oidc := self.request.registry.member_space.oidc) else None,
            "errors": [(name, self.request.localizer.translate(text)) for name, text in errors],
        }

    @view_config(request_method="GET")
    def show(self) -> Any:
        if self.request.identity:
            return HTTPSeeOther(safe_next(self.request.params.get("next"), HOME))
        return self._form([])

    @view_config(request_method="POST")
    def enter(self) -> Any:
        request = self.request
        email, password = request.POST.get("email", "").strip(), request.POST.get("password", "")
        missing: list[tuple[str | None, TranslationString]] = [
            (name, MISSING[name]) for name, value in (("email", email), ("password", password)) if not value
        ]
        if missing:
            return self._refuse(missing)
        try:
            outcome = sign_in_with_password(request.db, request.tools, email, password, visitor(request))
        except SignInRefused:
            return self._refuse([(None, REFUSED)])
        except TooManyTries as refusal:
            return too_many_tries(request, refusal.wait)
        return after_first_factor_go(request, outcome, request.POST.get("next"))

    def _refuse(self, errors: list[tuple[str | None, TranslationString]]) -> dict[str, Any]:
        self.request.response.status_int = 422
        return self._form(errors)


@view_config(route_name="sign_out", request_method="POST", permission=NO_PERMISSION_REQUIRED)
def leave(request: Request) -> Response:
    """Public, so that somebody whose session has just ended is not told off for leaving."""
    if request.identity:
        sign_out(request.db, request.identity, request.origin)
    return let_out(request, go_on(request.route_path("sign_in"), "deconnexion"))
