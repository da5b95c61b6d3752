"""Passkeys: signing in, proving again, making one, removing one. Their ceremonies need a script (static/passkey.js)."""

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.security.addresses import safe_next
from member_space.security.challenge_cookie import challenge_token, forget_challenge, keep_challenge
from member_space.services.challenge import Purpose
from member_space.services.passkey import PasskeyRefused, begin_assertion, passkeys_of
from member_space.services.security import LastFactor, add_passkey, drop_passkey, passkey_options
from member_space.services.sign_in import sign_in_with_passkey
from member_space.services.step_up import step_up_with_passkey
from member_space.views.done import go_on
from member_space.views.security import LAST_FACTOR, REMOVE, removal
from member_space.views.sign_in import HOME, go_in, visitor

_ = TranslationStringFactory("member_space")

NOT_MADE = _("La clé n’a pas été enregistrée. Recommencez ; si elle est déjà dans la liste, il n’y a rien à faire.")


def _token(request: Request) -> str | None:
    return challenge_token(request, Purpose.PASSKEY)


@view_config(route_name="passkey_options", request_method="POST", permission=NO_PERMISSION_REQUIRED, renderer="json")
def options(request: Request) -> dict[str, Any]:
    """What a browser signs: the same for everybody, so that it tells nothing of anybody."""
    found, token = begin_assertion(request.db, request.tools)
    keep_challenge(request, request.response, Purpose.PASSKEY, token)
    return found


@view_config(route_name="passkey_sign_in", request_method="POST", permission=NO_PERMISSION_REQUIRED)
def enter(request: Request) -> Response:
    after = safe_next(request.POST.get("next"), HOME)
    credential = request.POST.get("credential", "")
    try:
        opened = sign_in_with_passkey(request.db, request.tools, _token(request), credential, visitor(request))
    except PasskeyRefused:
        query = {"next": after} if after != HOME else None
        refused = go_on(request.route_path("sign_in", _query=query), "cle-refusee")
        return forget_challenge(request, refused, Purpose.PASSKEY)
    return forget_challenge(request, go_in(request, opened, after), Purpose.PASSKEY)


@view_config(route_name="step_up_passkey", request_method="POST", permission=Permission.EDIT_SECURITY)
def prove(request: Request) -> Response:
    after = safe_next(request.POST.get("next"), HOME)
    credential = request.POST.get("credential", "")
    try:
        step_up_with_passkey(request.db, request.tools, request.identity, _token(request), credential)
    except PasskeyRefused:
        refused = go_on(request.route_path("step_up", _query={"next": after}), "cle-refusee")
        return forget_challenge(request, refused, Purpose.PASSKEY)
    return forget_challenge(request, HTTPSeeOther(after), Purpose.PASSKEY)


@view_defaults(
    route_name="passkeys", permission=Permission.EDIT_SECURITY, step_up=True, renderer="passkey/list.html.jinja2"
)
class PasskeysViews:
    """Those of the account, and the form that makes one."""

    def __init__(self, request: Request) -> None:
        self.request = request

    def _page(self, problem: str | None = None) -> dict[str, Any]:
        return {
            "passkeys": passkeys_of(self.request.db, self.request.identity.account_id),
            "name": self.request.POST.get("nom", ""),
            "problem": problem,
        }

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page()

    @view_config(route_name="passkeys_options", request_method="POST", renderer="json")
    def options(self) -> dict[str, Any]:
        request = self.request
        found, token = passkey_options(request.db, request.tools, request.identity)
        keep_challenge(request, request.response, Purpose.PASSKEY, token)
        return found

    @view_config(request_method="POST")
    def add(self) -> Any:
        request = self.request
        credential, name = request.POST.get("credential", ""), request.POST.get("nom", "")
        try:
            add_passkey(request.db, request.tools, request.identity, _token(request), credential, name, request.origin)
        except PasskeyRefused:
            request.response.status_int = 422
            forget_challenge(request, request.response, Purpose.PASSKEY)
            return self._page(request.localizer.translate(NOT_MADE))
        answer = go_on(request.route_path("passkeys"), "cle-ajoutee")
        return forget_challenge(request, answer, Purpose.PASSKEY)


@view_defaults(route_name="passkey", permission=Permission.EDIT_SECURITY, step_up=True, renderer=REMOVE)
class PasskeyRemovalViews:
    """The key opens nothing any more; the device may still list it."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.words = _(
            "La clé « ${name} » n’ouvrira plus votre espace. Retirez-la aussi de votre appareil.",
            mapping={"name": request.context.found.name},
        )

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return removal(self.request, self.words)

    @view_config(request_method="POST")
    def remove(self) -> Any:
        request = self.request
        try:
            drop_passkey(request.db, request.tools, request.identity, request.context.found.id, request.origin)
        except LastFactor:
            return removal(request, self.words, LAST_FACTOR)
        return go_on(request.route_path("passkeys"), "cle-retiree")
