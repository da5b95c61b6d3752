"""A card sent to a professional: the member's page, and the page of the link (C52)."""

from typing import Any

import colander
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.forms.card_share import CardShareForm
from member_space.resources.household import public_id_of
from member_space.services.card_pdf import Format, to_pdf
from member_space.services.card_share import ShareOverError, TooManySharesError, open_share, share, shares_of, take_back
from member_space.services.throttling import TooManyTries, network_of
from member_space.views.done import go_on
from member_space.views.download import PDF, download
from member_space.views.errors import too_many_tries

_ = TranslationStringFactory("member_space")

TOO_MANY = _("Vous avez déjà envoyé dix liens aujourd’hui : envoyez plutôt le PDF de votre carte, ou revenez demain.")
OVER = _(
    "Ce lien n’ouvre rien : il a plus de 72 heures, il a été repris, ou le code n’est pas le bon. "
    "Demandez à votre patient de vous en envoyer un autre."
)


@view_defaults(
    route_name="card_send", permission=Permission.VIEW_CARD, renderer="card/send.html.jinja2", reads=What.CARD
)
class CardSendViews:
    """One card of the household: a form, and the links already sent."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.shown = request.context.found
        if not self.shown.in_force:
            # Its address was kept: the page of the card leads to the one that may be sent.
            raise HTTPSeeOther(request.route_path("card"))

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page({})

    @view_config(request_method="POST")
    def send(self) -> dict[str, Any]:
        # No redirection: a page that could be asked again would have to keep the code of the link.
        request = self.request
        typed = {name: request.POST.get(name, "") for name in ("recipient", "email")}
        translate = request.localizer.translate
        try:
            given = CardShareForm().deserialize(typed)
            sent = share(request.db, request.tools, request.identity, self.shown, **given, origin=request.origin)
        except colander.Invalid as invalid:
            return self._page(typed, {node: translate(words) for node, words in invalid.asdict(translate).items()})
        except TooManySharesError:
            return self._page(typed, {"email": translate(TOO_MANY)})
        return self._page({}) | {"sent": sent}

    def _page(self, typed: dict[str, str], errors: dict[str, str] | None = None) -> dict[str, Any]:
        request = self.request
        if errors:
            request.response.status_int = 422
        return {
            "shown": self.shown,
            "typed": typed,
            "errors": errors or {},
            "sent": None,
            "shares": shares_of(request.db, request.identity.account_id),
            "now": request.tools.now(),
        }


@view_config(route_name="card_take_back", request_method="POST", permission=Permission.VIEW_CARD)
def card_take_back(request: Request) -> Response:
    take_back(request.db, request.tools, request.identity, request.context.found, request.origin)
    return go_on(request.route_path("card"), "lien-repris")


@view_defaults(route_name="card_shared", permission=NO_PERMISSION_REQUIRED, renderer="card/shared.html.jinja2")
class CardSharedViews:
    """What the link opens, for whoever has its code: opening the page tells and notes nothing, the button does."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.public_id = public_id_of(request, "shared_id")

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return {"problem": None}

    @view_config(request_method="POST")
    def open(self) -> dict[str, Any] | Response:
        request = self.request
        network = network_of(request.origin.ip)
        try:
            code = request.POST.get("code", "")
            shown = open_share(request.db, request.tools, self.public_id, code, network, request.origin)
        except ShareOverError:
            request.response.status_int = 422
            return {"problem": request.localizer.translate(OVER)}
        except TooManyTries as refusal:
            return too_many_tries(request, refusal.wait)
        body = to_pdf(request.tools, shown.card, shown.check_code, shown.made_at, Format.SHEET)
        return download(body, f"carte-tiers-payant-{shown.year}.pdf", PDF)
