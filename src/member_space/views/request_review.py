"""The last page of a journey: all that will be sent, with what is missing and what it may repeat; the only one that
sends (C71, C72, C77)."""

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.domain.request import NotAllowed
from member_space.domain.request_steps import Form, Page, pages_of
from member_space.services import request_draft as drafts
from member_space.services.claim_link import topic_of_care
from member_space.services.link_request import Switch, link_asked, switch_of
from member_space.services.quote import estimate_of, keep_as_told, lines_of
from member_space.services.request import Actor, Stale, send
from member_space.services.request_check import Missing, missing_of, repeated_by
from member_space.services.request_papers import already_received, papers_of
from member_space.views.done import go_on
from member_space.views.quote_words import ShownQuote, quote_told
from member_space.views.request_pages import DraftPage
from member_space.views.request_start import page_path
from member_space.views.request_words import WHY_WITHOUT, facts_of

_ = TranslationStringFactory("member_space")

TEMPLATE = "request/review.html.jinja2"
CHANGED = _(
    "Cette demande a changé depuis que cette page est ouverte, dans un autre onglet. Relisez-la, puis envoyez-la."
)
REPEATED = _("Une demande semblable existe déjà : cochez la case si vous voulez envoyer celle-ci aussi.")
SAY_WHY = _("Joignez cette pièce, ou dites pourquoi elle manque.")
LINK_CHANGED = _(
    "La télétransmission a changé depuis ce brouillon : rien n’est envoyé. Recommencez : le choix est à jour."
)
NOT_YET = _("Il manque encore une réponse : complétez-la, puis envoyez.")


@view_defaults(permission=Permission.SEND_REQUEST, renderer=TEMPLATE, reads=What.REQUEST)
class ReviewViews(DraftPage):
    """Reads everything again at each request: what is sent is what is there, not what the page showed."""

    page = Page.REVIEW

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.topic = topic_of_care(request.db, self.household, self.draft, self.topic)
        self.papers = papers_of(request.db, self.draft.id)
        self.missing = missing_of(self.draft, self.topic, [paper.piece for paper in self.papers if not paper.refused])
        self.known = already_received(request.db, self.draft, [one.piece.piece for one in self.missing if one.piece])
        self.repeated = repeated_by(request.db, self.draft, self.household.open)
        self.link = self._link() if self.topic.form == Form.LINK else None
        self.asks_lines = Page.LINES in pages_of(self.topic.kind, self.topic.form)

    @view_config(route_name="request_review", request_method="GET")
    def review(self) -> dict[str, Any]:
        return self._shown({})

    @view_config(route_name="request_send", request_method="POST")
    def send(self) -> Any:
        request, draft = self.request, self.draft
        errors = self._errors()
        if errors:
            request.response.status_int = 422
            return self._shown(errors)
        try:
            drafts.add_details(request.db, request.tools, draft, **self._told())
            if self.asks_lines:
                keep_as_told(request.db, request.tools, self.household, draft)
            send(request.db, request.tools, draft, Actor.of(request.identity, request.origin))
        except (Stale, NotAllowed):
            # The other click was first: its receipt is this one's.
            return HTTPSeeOther(request.route_path("request", request_id=draft.public_id))
        if self.topic.form == Form.LINK:
            switch_of(request.db, request.tools, self.household, draft)
        return go_on(request.route_path("request", request_id=draft.public_id), "demande-transmise")

    def _link(self) -> Switch | None:
        """What is switched, as it stands today: a draft waits for thirty days, and a child grows up."""
        return link_asked(self.request.db, self.household, self.draft)

    def _errors(self) -> dict[str, Any]:
        """(what, in words) that keeps it from leaving, by field of the form."""
        given = self.request.POST
        errors: dict[str, Any] = {}
        if given.get("vu") != self.draft.activity_at.isoformat():
            errors["vu"] = CHANGED
        if any(one.blocks for one in self.missing):
            errors["manque"] = NOT_YET
        if self._link_changed():
            errors["lien"] = LINK_CHANGED
        for one in self.missing:
            if one.piece and given.get(_field(one)) not in WHY_WITHOUT:
                errors[_field(one)] = SAY_WHY
        if self.repeated and not given.get("encore"):
            errors["encore"] = REPEATED
        return errors

    def _quote(self) -> ShownQuote | None:
        """The lines of a quote as they are computed now; None for what has none."""
        if not self.asks_lines:
            return None
        lines = [one.line for one in lines_of(self.request.db, self.draft.id)[self.draft.id]]
        told = estimate_of(self.request.db, self.household, self.draft, lines)
        return quote_told(self.request, self.household, self.draft, told)

    def _link_changed(self) -> bool:
        return self.topic.form == Form.LINK and self.link is None

    def _told(self) -> dict[str, Any]:
        """What the handler is told besides: why papers are missing, and what this one may repeat."""
        given = self.request.POST
        without = {one.piece.piece.code: given[_field(one)] for one in self.missing if one.piece}
        repeats = [{"number": one.number, "same_file": one.same_file} for one in self.repeated]
        return {"without": without or None, "repeats": repeats or None}

    def _shown(self, errors: dict[str, Any]) -> dict[str, Any]:
        request, draft, locale = self.request, self.draft, self.request.locale_name
        line = drafts.line_of(request.db, self.household, draft.statement_line_id) if draft.statement_line_id else None
        blocking = [one for one in self.missing if one.blocks]
        return self.show(
            facts=facts_of(request, draft, self.household, line),
            papers=self.papers,
            quote=self._quote(),
            blocking=page_path(request, draft, blocking[0].page) if blocking else None,
            absent=[self._absent(one) for one in self.missing if one.piece],
            repeated=self.repeated,
            link=self.link,
            changed=self.say(LINK_CHANGED) if self._link_changed() else None,
            path_of=lambda page: page_path(request, draft, page) + "?retour=verifier",
            pages={page.value: page for page in Page},
            seen=draft.activity_at.isoformat(),
            errors=[(field, self.say(words)) for field, words in errors.items()],
            wrong={field: self.say(words) for field, words in errors.items()},
            ticked=bool(request.POST.get("encore")),
            locale=locale,
        )

    def _absent(self, one: Missing) -> dict[str, Any]:
        field = _field(one)
        code = one.piece.piece.code if one.piece else ""
        known = "known" if code in self.known else ""
        return {
            "field": field,
            "piece": one.piece.piece if one.piece else None,
            "why": self.request.POST.get(field, known),
            "choices": [(value, self.say(words)) for value, words in WHY_WITHOUT.items() if known or value != "known"],
        }


def _field(one: Missing) -> str:
    return f"sans-{one.piece.piece.code}" if one.piece else ""


@view_config(route_name="request_forget", request_method="POST", permission=Permission.SEND_REQUEST)
def forget(request: Request) -> Any:
    """« Effacer ce brouillon »; one that was sent meanwhile stays, and its page says so."""
    try:
        drafts.forget(request.db, request.tools, request.context.found)
    except NotAllowed:
        return HTTPSeeOther(request.route_path("request", request_id=request.context.found.public_id))
    return go_on(request.route_path("steps"), "brouillon-efface")
