"""« Recevoir la carte par la poste », « Déclarer une perte »: what is sent and where to, then one button (C51)."""

from typing import Any
from uuid import uuid4

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.forms.message import read_key
from member_space.services.card import Absence, absence_of
from member_space.services.card_order import Wish, asked_already, order
from member_space.services.personal_data import personal_data_of
from member_space.services.request import Actor
from member_space.views.thread import left

_ = TranslationStringFactory("member_space")

NO_ADDRESS = _("Donnez-nous d’abord votre adresse postale, dans « Mes informations » : la carte y part.")


@view_defaults(route_name="card_order", permission=Permission.SEND_REQUEST, renderer="card/order.html.jinja2")
class CardOrderViews:
    def __init__(self, request: Request) -> None:
        self.request = request
        self.household = request.context.household
        if not self.household.members:
            raise HTTPNotFound
        if absence_of(self.household)[0] is Absence.ENDED:
            # There is no card to send any more: the page of the card says since when.
            raise HTTPSeeOther(request.route_path("card"))
        self.wish = Wish(request.matchdict["wish"])
        self.address = personal_data_of(request.db, request.identity).address

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page(str(uuid4()), None)

    @view_config(request_method="POST")
    def ask(self) -> Any:
        request, key = self.request, read_key(self.request.POST)
        if not self.address:
            request.response.status_int = 422
            return self._page(str(key), request.localizer.translate(NO_ADDRESS))
        actor = Actor.of(request.identity, request.origin)
        sent = order(request.db, request.tools, request.identity, self.household, actor, self.wish, key)
        return left(request, sent, "message-envoye")

    def _page(self, key: str, problem: str | None) -> dict[str, Any]:
        return {
            "wish": self.wish.value,
            "address": self.address,
            "asked": asked_already(self.request.db, self.household, self.wish),
            "key": key,
            "problem": problem,
        }
