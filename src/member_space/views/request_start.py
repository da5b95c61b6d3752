"""The first page of a journey: what is it about? (S-HCR-32, 55, C60, C61, C80, C38)"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config, view_defaults
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.domain.request import RequestKind, State
from member_space.domain.request_steps import Form, Page
from member_space.forms.ids import number_in, uuid_in
from member_space.models import Request as MemberRequest
from member_space.services import request_draft as drafts
from member_space.services.care_line import CareLine, is_held
from member_space.services.catalogue import Topic, catalogue_of
from member_space.services.household import Household
from member_space.services.request_check import first_page
from member_space.services.request_find import find_request, sent_with
from member_space.views.request_words import NO_CONTRACT, draft_card

_ = TranslationStringFactory("member_space")

TEMPLATE = "request/start.html.jinja2"
ROUTES = {
    Page.CARE: "request_care",
    Page.LINES: "quote_lines",
    Page.PIECES: "request_pieces",
    Page.WORDS: "request_words",
}
CHOOSE = _("Choisissez de quoi il s’agit.")
HOLDER_ONLY = _(
    "Seul le titulaire du contrat ajoute ou retire une personne. Demandez-lui de le faire dans son espace, "
    "ou appelez-nous au ${phone}."
)


@dataclass(frozen=True, slots=True)
class Start:
    """The beginning of a kind of journey."""

    kind: RequestKind
    title: TranslationString
    lead: TranslationString


STARTS = {
    "claim_start": Start(
        RequestKind.CLAIM,
        _("Demande de remboursement"),
        _("Choisissez ce que vous avez payé. Nous vous dirons quelles pièces joindre."),
    ),
    "quote_start": Start(
        RequestKind.QUOTE,
        _("Transmettre un devis"),
        _("Vous saurez ce que nous paierons et ce qui restera à votre charge, avant de vous engager."),
    ),
    "complaint_start": Start(
        RequestKind.COMPLAINT,
        _("Faire une réclamation"),
        _("Votre réclamation est lue par une équipe qui n’a pas traité le dossier."),
    ),
    "change_start": Start(
        RequestKind.CHANGE,
        _("Ajouter ou retirer un bénéficiaire"),
        _("Dites ce qui change dans votre famille. Nous vous dirons quelles pièces joindre."),
    ),
}


def page_path(request: Request, row: MemberRequest, page: Page) -> str:
    """The address of a page of a draft."""
    return str(request.route_path(ROUTES.get(page, "request_review"), request_id=row.public_id))


def new_key() -> str:
    """Drawn with the page of a form, so that it makes one request whatever is clicked."""
    return str(uuid4())


@view_defaults(permission=Permission.SEND_REQUEST, renderer=TEMPLATE, reads=What.REQUEST)
class StartViews:
    """One page a kind: the objects of the catalogue, each a button."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.household: Household = request.context.household
        self.start = STARTS[request.matched_route.name]

    @view_config(route_name="claim_start", request_method="GET")
    @view_config(route_name="quote_start", request_method="GET")
    @view_config(route_name="complaint_start", request_method="GET")
    @view_config(route_name="change_start", request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page(self.request.GET, new_key())

    @view_config(route_name="claim_start", request_method="POST")
    @view_config(route_name="quote_start", request_method="POST")
    @view_config(route_name="complaint_start", request_method="POST")
    @view_config(route_name="change_start", request_method="POST")
    def choose(self) -> Any:
        request, given = self.request, self.request.POST
        topic = next((one for one in self._topics(given) if one.code == given.get("objet")), None)
        problem = CHOOSE if topic is None else self._obstacle()
        if topic is None or problem:
            return self._refused(given, problem or CHOOSE)
        begun = self._begun(given, topic)
        if begun:
            return self._page(given, given.get("cle", ""), begun=begun) | {"chosen": topic.code}
        try:
            draft = drafts.start(
                request.db,
                request.tools,
                request.identity.account_id,
                self.household,
                topic,
                uuid_in(request.POST, "cle"),
                **self._facts(given),
            )
        except drafts.NoContract:
            return self._refused(given, NO_CONTRACT)
        if draft.state != State.DRAFT:
            return HTTPSeeOther(request.route_path("request", request_id=draft.public_id))
        line = self._line(given) if topic.form == Form.LINE else None
        if line:
            drafts.about_line(request.db, request.tools, draft, line)
        return HTTPSeeOther(page_path(request, draft, first_page(draft, topic)))

    def _begun(self, given: Any, topic: Topic) -> Sequence[MemberRequest]:
        """The drafts about the same, unless another one is wanted or this form made its own already (C70)."""
        if given.get("autre"):
            return ()
        line, facts = self._line(given), self._facts(given)
        about: dict[str, Any] = {name: facts[name] for name in ("person_id", "linked_id") if name in facts}
        if line and topic.form == Form.LINE:
            about["statement_line_id"] = line.id
        found = drafts.drafts_of(self.request.db, self.household, topic=topic.code, **about)
        # In this order: the other of two clicks at once may have made it meanwhile.
        key = uuid_in(given, "cle") if found else None
        return () if key and sent_with(self.request.db, self.household.viewer_id, key) else found

    def _topics(self, given: Any) -> list[Topic]:
        """What may be chosen: about a line already paid, only what is asked of one."""
        topics = catalogue_of(self.request.tools.settings).of_kind(self.start.kind)
        if self.start.kind is RequestKind.CHANGE:
            topics = [one for one in topics if one.form != Form.LINK]
        if given.get("ligne"):
            about = [one for one in topics if one.form == Form.LINE]
            asked = [one for one in about if one.code == given.get("objet")]
            return asked or about
        if given.get("retirer"):
            return [one for one in topics if one.form == Form.REMOVAL]
        return topics

    def _facts(self, given: Any) -> dict[str, Any]:
        """What the link to this page said: whom it is about, which request it contests."""
        facts: dict[str, Any] = {}
        person = self.household.person(given.get("retirer", ""))
        if person:
            facts |= {"person_id": person.person_id, "contract_id": person.contract_id}
        contested = self._contested(given)
        if contested:
            facts |= {"linked_id": contested.id, "contract_id": contested.contract_id}
        return facts

    def _contested(self, given: Any) -> MemberRequest | None:
        asked = uuid_in(given, "demande")
        found = find_request(self.request.db, self.household, asked) if asked else None
        return found if found and found.state != State.DRAFT else None

    def _line(self, given: Any) -> CareLine | None:
        line_id = number_in(given, "ligne")
        return None if line_id is None else drafts.line_of(self.request.db, self.household, line_id)

    def _obstacle(self) -> TranslationString | None:
        if self.start.kind is not RequestKind.CHANGE:
            return None
        held = any(is_held(self.household, contract_id) for contract_id in self.household.contract_ids)
        return None if held else HOLDER_ONLY

    def _refused(self, given: Any, problem: TranslationString) -> dict[str, Any]:
        self.request.response.status_int = 422
        return self._page(given, given.get("cle", ""), problem)

    def _page(
        self, given: Any, key: str, problem: TranslationString | None = None, begun: Sequence[MemberRequest] = ()
    ) -> dict[str, Any]:
        request = self.request
        problem = problem or self._obstacle()
        contested, line = self._contested(given), self._line(given)
        hidden = {name: given[name] for name in ("ligne", "demande", "retirer") if given.get(name)}
        words = _(problem, mapping={"phone": request.registry.brand.phone_shown}) if problem else None
        return {
            "start": self.start,
            "topics": [] if self._obstacle() else self._topics(given),
            "hidden": hidden | {"cle": key},
            "line": line,
            "contested": contested,
            "begun": [draft_card(request, row) for row in begun],
            "problem": request.localizer.translate(words) if words else None,
        }
