"""Legal holds: what is kept beyond its time, put by a supervisor and lifted by one (C127)."""

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config, view_defaults
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.legal_hold import HoldGround
from member_space.domain.permissions import Permission
from member_space.forms.office import LegalHoldForm
from member_space.services.legal_hold import find_target, holds_in_force, lift_hold, put_hold
from member_space.views.done import go_on
from member_space.views.typed import Said, typed

_ = TranslationStringFactory("member_space")

GROUNDS: dict[HoldGround, TranslationString] = {
    HoldGround.LITIGATION: _("Un litige est en cours ou annoncé"),
    HoldGround.AUTHORITY: _("Un juge ou une autorité l’a demandé"),
    HoldGround.AUDIT: _("Un contrôle est en cours"),
    HoldGround.FRAUD: _("Une enquête pour fraude est en cours"),
}
UNKNOWN = _("Aucune demande ni aucun compte ne porte ce numéro ou cette adresse : vérifiez chaque signe.")
NEEDS_NUMBER = _("Une adresse désigne tout un dossier : écrivez le numéro de la demande, ou choisissez le dossier.")


@view_defaults(permission=Permission.HOLD_RECORDS, renderer="office/legal_holds.html.jinja2")
class LegalHoldViews:
    """Those in force, and one more. What was asked for is in no address."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @view_config(route_name="office_legal_holds", request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page([])

    @view_config(route_name="office_legal_holds", request_method="POST")
    def put(self) -> Any:
        request = self.request
        values, errors = typed(request, LegalHoldForm())
        if errors:
            return self._page(errors)
        whole = values["scope"] == "file"
        if "@" in values["asked"] and not whole:
            return self._page([("asked", request.localizer.translate(NEEDS_NUMBER))])
        target = find_target(request.db, values["asked"], whole=whole)
        if target is None:
            return self._page([("asked", request.localizer.translate(UNKNOWN))])
        ground = HoldGround(values["ground"])
        put = put_hold(request.db, request.tools, request.identity, target, ground, request.origin)
        return go_on(request.route_path("office_legal_holds"), "conservation-posee" if put else "conservation-deja")

    @view_config(route_name="office_legal_hold_lift", request_method="POST")
    def lift(self) -> Any:
        request = self.request
        lift_hold(request.db, request.tools, request.identity, request.context.found, request.origin)
        return go_on(request.route_path("office_legal_holds"), "conservation-levee")

    def _page(self, errors: Said) -> dict[str, Any]:
        request = self.request
        if errors:
            request.response.status_int = 422
        asked = request.POST.get("asked", "")
        return {
            "errors": errors,
            "holds": holds_in_force(request.db),
            "grounds": GROUNDS,
            "typed": {name: request.POST.get(name, "") for name in ("scope", "ground")} | {"asked": asked},
        }
