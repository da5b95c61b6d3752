"""Télétransmission on or off: which one, then what it changes, told before it is asked (C39, S-HCR-29)."""

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.domain.request import State
from member_space.forms.ids import uuid_in
from member_space.models import Request as MemberRequest
from member_space.services import request_draft as drafts
from member_space.services.catalogue import Topic, catalogue_of
from member_space.services.household import Household
from member_space.services.link_request import TOPICS, Switch, links_of
from member_space.views.request_start import new_key

_ = TranslationStringFactory("member_space")

GONE = _("Ce lien a changé depuis que cette page est ouverte : voici son état d’aujourd’hui.")


@view_defaults(
    route_name="link_start",
    permission=Permission.SEND_REQUEST,
    renderer="request/links.html.jinja2",
    reads=What.BENEFICIARY,
)
class LinkStartViews:
    def __init__(self, request: Request) -> None:
        self.request = request
        self.household: Household = request.context.household
        self.links = links_of(request.db, self.household)

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        asked = self.request.GET.get("personne")
        own = [link for link in self.links if link.public_id == asked]
        return {"links": own or self.links, "key": new_key(), "problem": None}

    @view_config(request_method="POST")
    def choose(self) -> Any:
        request, given = self.request, self.request.POST
        link = next((one for one in self.links if self._is_asked(one)), None)
        if link is None or link.to is None:
            request.response.status_int = 422
            problem = request.localizer.translate(GONE)
            return {"links": self.links, "key": given.get("cle", ""), "problem": problem}
        topic = catalogue_of(request.tools.settings).topics[TOPICS[link.to]]
        facts = {"person_id": link.person_id, "contract_id": link.contract_id}
        details = {"link_id": link.id, "wanted": link.to.value}
        begun = drafts.drafts_of(request.db, self.household, topic=topic.code, details=details, **facts)
        draft = begun[0] if begun else self._start(topic, details=details, **facts)
        page = "request_review" if draft.state == State.DRAFT else "request"
        return HTTPSeeOther(request.route_path(page, request_id=draft.public_id))

    def _start(self, topic: Topic, **facts: Any) -> MemberRequest:
        request, key = self.request, uuid_in(self.request.POST, "cle")
        return drafts.start(request.db, request.tools, request.identity.account_id, self.household, topic, key, **facts)

    def _is_asked(self, link: Switch) -> bool:
        given = self.request.POST
        return (link.public_id, str(link.rank), link.to) == (
            given.get("personne"),
            given.get("rang"),
            given.get("etat"),
        )
