"""The applications that may ask members for their data, kept by administrators (OAuth 2)."""

from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.api_scope import Scope
from member_space.domain.oauth import TOKEN_EXCHANGE
from member_space.domain.permissions import Permission
from member_space.forms.office_client import ClientForm
from member_space.services.api_client import (
    NAME_LENGTH,
    PER_MINUTE,
    PURPOSE_LENGTH,
    ClientRefused,
    NewClient,
    add_client,
    all_clients,
    close_client,
    rotate_secret,
)
from member_space.views.access_words import SCOPES
from member_space.views.done import go_on
from member_space.views.office.words import sentence
from member_space.views.typed import Said, typed

_ = TranslationStringFactory("member_space")

WAYS = {
    "authorization_code": _("avec l’accord d’un adhérent"),
    "refresh_token": _("renouveler cet accès jusqu’à son terme"),
    "client_credentials": _("en son propre nom, pour ce qui n’est à personne"),
    TOKEN_EXCHANGE: _("pour un adhérent, à partir du jeton d’une autre application"),
}
FIRST_WAYS = ["authorization_code", "refresh_token"]
SEVERAL = ("scopes", "grant_types")
ONE = ("name", "purpose", "redirect_uris", "kind", "per_minute")


@view_defaults(
    route_name="office_clients",
    permission=Permission.MANAGE_CLIENTS,
    renderer="office/clients.html.jinja2",
    step_up=True,
)
class ClientsViews:
    """The list, and the form of a new one."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page([])

    @view_config(request_method="POST")
    def add(self) -> dict[str, Any]:
        request = self.request
        values, errors = typed(request, ClientForm(), self._posted())
        if errors:
            return self._page(errors)
        confidential = values.pop("kind") == "confidential"
        values["redirect_uris"] = values["redirect_uris"].split()
        try:
            new = NewClient(**values, confidential=confidential)
            client, secret = add_client(request.db, request.tools, new, request.identity, request.origin)
        except ClientRefused as refusal:
            return self._page([(None, sentence(refusal))])
        # Not a 303: the secret is shown here and nowhere else.
        return self._page([]) | {"added": client, "secret": secret, "typed": _blank()}

    def _posted(self) -> dict[str, Any]:
        post = self.request.POST
        return {name: post.getall(name) for name in SEVERAL} | {name: post.get(name, "") for name in ONE}

    def _page(self, errors: Said) -> dict[str, Any]:
        request = self.request
        if errors:
            request.response.status_int = 422
        return {
            "errors": errors,
            "clients": all_clients(request.db),
            "added": None,
            "secret": None,
            "typed": self._posted() if request.method == "POST" else _blank(),
            "scopes": scope_choices(request),
            "ways": [(way, request.localizer.translate(words)) for way, words in WAYS.items()],
            "name_length": NAME_LENGTH,
            "purpose_length": PURPOSE_LENGTH,
        }


def _blank() -> dict[str, Any]:
    first: dict[str, Any] = dict.fromkeys(ONE, "")
    return first | {"scopes": [], "grant_types": FIRST_WAYS, "kind": "confidential", "per_minute": PER_MINUTE}


def scope_choices(request: Request) -> list[tuple[str, str]]:
    """Each scope with its word, and what members read of it."""
    return [(one.value, f"{one.value} · {request.localizer.translate(SCOPES[one][0])}") for one in Scope]


@view_defaults(permission=Permission.MANAGE_CLIENTS, renderer="office/client.html.jinja2", step_up=True)
class ClientViews:
    """One application."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.client = request.context.found

    @view_config(route_name="office_client", request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page()

    @view_config(route_name="office_client_secret", request_method="POST")
    def rotate(self) -> dict[str, Any]:
        request = self.request
        try:
            secret = rotate_secret(request.db, self.client, request.identity, request.origin)
        except ClientRefused as refusal:
            request.response.status_int = 422
            return self._page([(None, sentence(refusal))])
        return self._page(secret=secret)

    @view_config(route_name="office_client_close", request_method="POST")
    def close(self) -> Response:
        request = self.request
        close_client(request.db, request.tools, self.client, request.identity, request.origin)
        path = request.route_path("office_client", api_client_id=self.client.client_id)
        return go_on(path, "application-fermee")

    def _page(self, errors: Said | None = None, secret: str | None = None) -> dict[str, Any]:
        translate = self.request.localizer.translate
        known = dict(scope_choices(self.request))
        return {
            "errors": errors or [],
            "client": self.client,
            "secret": secret,
            "scopes": [known[one] for one in self.client.scopes if one in known],
            "ways": [translate(WAYS[one]) for one in self.client.grant_types if one in WAYS],
        }
