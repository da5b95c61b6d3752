"""« Mes appareils »: where the account is signed in, and how to end it (C11)."""

from typing import Any

import colander
from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.forms.device import BrowserNameForm
from member_space.security.policy import let_out
from member_space.services.device_list import (
    DEVICE,
    Browser,
    Place,
    name_browser,
    page_of_browsers,
    revoke,
    revoke_others,
)
from member_space.services.user_agent import Software
from member_space.views.done import go_on
from member_space.views.refusal import refuse

_ = TranslationStringFactory("member_space")

TEMPLATE = "device/list.html.jinja2"


def label_of(request: Request, name: str | None, software: Software) -> str:
    """How a browser is called: by its owner, else « Firefox sur Windows »."""
    if name:
        return name
    translate = request.localizer.translate
    if software.browser and software.system:
        words = _("${browser} sur ${system}", mapping={"browser": software.browser, "system": software.system})
        return str(translate(words))
    return software.browser or software.system or str(translate(_("Navigateur inconnu")))


@view_config(route_name="devices", request_method="GET", permission=Permission.EDIT_SECURITY, renderer=TEMPLATE)
def devices(request: Request) -> dict[str, Any]:
    return list_page(request)


def list_page(request: Request, renamed: Browser | None = None, problem: str | None = None) -> dict[str, Any]:
    """The values of the page; `renamed`: the browser whose new name has the `problem`."""
    before, after = (Place.parse(request.GET.get(name, "")) for name in ("avant", "apres"))
    page = page_of_browsers(request.db, request.tools, request.identity, before=before, after=after)
    path = request.route_path
    return {
        "page": page,
        "label": lambda browser: label_of(request, browser.name, browser.software),
        "newer_url": page.newer and path("devices", _query={"apres": str(page.newer)}),
        "older_url": page.older and path("devices", _query={"avant": str(page.older)}),
        "renamed": renamed,
        "typed": request.POST.get("name", ""),
        "problem": problem,
    }


@view_defaults(request_method="POST", permission=Permission.EDIT_SECURITY)
class BrowserViews:
    """What may be done with one of them."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.browser: Browser = request.context.found

    @view_config(route_name="device_name", renderer=TEMPLATE)
    def name(self) -> dict[str, Any] | Response:
        request = self.request
        if self.browser.kind != DEVICE:
            raise HTTPNotFound
        try:
            name = BrowserNameForm().deserialize(dict(request.POST))["name"]
        except colander.Invalid as invalid:
            return list_page(request, self.browser, refuse(request, invalid))
        name_browser(request.db, self.browser, name)
        return go_on(request.route_path("devices"), "appareil-nomme")

    @view_config(route_name="device_revoke")
    def revoke(self) -> Response:
        request = self.request
        revoke(request.db, request.tools, request.identity, self.browser, request.origin)
        if self.browser.current:
            return let_out(request, go_on(request.route_path("sign_in"), "appareil-retire"))
        return go_on(request.route_path("devices"), "appareil-retire")


@view_config(route_name="devices_revoke_others", request_method="POST", permission=Permission.EDIT_SECURITY)
def leave_others(request: Request) -> Response:
    revoke_others(request.db, request.tools, request.identity, request.origin)
    return go_on(request.route_path("devices"), "autres-appareils-retires")
