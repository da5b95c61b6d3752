"""The pages of a draft: the care, the papers, the text. One question a page, each kept as soon as it is answered."""

from typing import Any

import deform
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.domain.request import State
from member_space.domain.request_steps import Form, Page, pages_of, words_required
from member_space.forms.message import LENGTH_HELP
from member_space.forms.renderer import form_of
from member_space.forms.request import WordsForm
from member_space.models import Request as MemberRequest
from member_space.security.drafts import PageDraft, draft_of
from member_space.services.attachment import attachments_of
from member_space.services.catalogue import Expected, Topic, catalogue_of
from member_space.services.claim_link import topic_of_care
from member_space.services.household import Household
from member_space.services.request_check import page_after
from member_space.services.request_draft import edit_draft
from member_space.services.request_papers import already_received, in_the_safe
from member_space.views.request_care import CONTINUE, Question
from member_space.views.request_change import question_of
from member_space.views.request_start import page_path
from member_space.views.request_words import topic_of
from member_space.views.upload import upload_of

_ = TranslationStringFactory("member_space")


class DraftPage:
    """What the pages of a draft share; one that was sent has no more pages, and its own page says so."""

    page: Page

    def __init__(self, request: Request) -> None:
        self.request = request
        self.household: Household = request.context.household
        self.draft: MemberRequest = request.context.found
        if self.draft.state != State.DRAFT:
            raise HTTPSeeOther(request.route_path("request", request_id=self.draft.public_id))
        self.topic: Topic = topic_of(request, self.draft)

    def say(self, words: Any) -> str:
        return str(self.request.localizer.translate(words))

    def go_on(self) -> HTTPSeeOther:
        """To the next page, or to the review for who came from it to change one answer."""
        reviewed = self.request.params.get("retour") == "verifier"
        page = Page.REVIEW if reviewed else page_after(self.topic, self.page)
        return HTTPSeeOther(page_path(self.request, self.draft, page))

    def show(self, **values: Any) -> dict[str, Any]:
        """The values of any page of a draft."""
        pages = pages_of(self.topic.kind, self.topic.form)
        place = pages.index(self.page) if self.page in pages else 0
        before = pages[place - 1] if place else None
        return {
            "draft_request": self.draft,
            "topic": self.topic,
            "topic_label": self.topic.label.in_(self.request.locale_name),
            # The choice of the object was the first screen.
            "rank": place + 2,
            "screens": len(pages) + 1,
            "back": page_path(self.request, self.draft, before) if before else self.request.route_path("steps"),
        } | values

    def refused(self, **values: Any) -> dict[str, Any]:
        self.request.response.status_int = 422
        return self.show(**values)


@view_defaults(route_name="request_care", permission=Permission.SEND_REQUEST, renderer="request/care.html.jinja2")
class CareViews(DraftPage):
    """Who, when, how much; or which line; or who joins or leaves."""

    page = Page.CARE

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.question: Question = question_of(self)

    @view_config(request_method="GET", reads=What.REQUEST)
    def ask(self) -> dict[str, Any]:
        return self.show(**self.question.shown())

    @view_config(request_method="POST", reads=What.REQUEST)
    def save(self) -> Any:
        try:
            stay = self.question.save()
        except deform.ValidationFailure as refused:
            return self.refused(**self.question.shown(refused.render()))
        if not stay:
            return self.go_on()
        back = {"retour": "verifier"} if self.request.GET.get("retour") else None
        return HTTPSeeOther(self.request.route_path("request_care", request_id=self.draft.public_id, _query=back))


@view_defaults(route_name="request_pieces", permission=Permission.SEND_REQUEST, renderer="request/pieces.html.jinja2")
class PiecesViews(DraftPage):
    """The papers of this kind of care, all in one sending (S-HCR-39)."""

    page = Page.PIECES

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        asked = topic_of_care(request.db, self.household, self.draft, self.topic)
        # The office may require the statement of everybody: it is said to be silent only where it is.
        self.fund_silent = asked is not self.topic
        self.topic = asked

    @view_config(request_method="GET", reads=What.REQUEST)
    def ask(self) -> dict[str, Any]:
        pieces = [one.piece for one in self.topic.pieces]
        rows = attachments_of(self.request.db, self.draft.id)
        return self.show(
            parts=[(one, upload_of(self.request, self.draft, rows, piece=one.piece.code)) for one in self._expected()],
            known=already_received(self.request.db, self.draft, pieces),
            own=in_the_safe(self.request.db, self.draft, pieces),
            fund_silent=self.fund_silent,
        )

    def _expected(self) -> list[Expected]:
        """The pieces of this object, then whatever else there is."""
        other = catalogue_of(self.request.tools.settings).pieces.get("other")
        listed = list(self.topic.pieces)
        if other and all(one.piece is not other for one in listed):
            listed.append(Expected(other, required=False))
        return listed

    @view_config(request_method="POST")
    def save(self) -> Any:
        return self.go_on()


@view_defaults(route_name="request_words", permission=Permission.SEND_REQUEST, renderer="request/words.html.jinja2")
class WordsViews(DraftPage):
    """The text, kept while it is typed."""

    page = Page.WORDS

    @view_config(request_method="GET")
    def ask(self) -> dict[str, Any]:
        kept = draft_of(self.request, "message")
        return self.show(form=self._form(kept).render(kept.over({"message": self.draft.body or ""})))

    @view_config(request_method="POST")
    def save(self) -> Any:
        request = self.request
        try:
            given = self._form(draft_of(request, "message")).validate(request.POST.items())
        except deform.ValidationFailure as refused:
            return self.refused(form=refused.render())
        edit_draft(request.db, request.tools, self.draft, body=given["message"] or None)
        return self.go_on()

    def _form(self, kept: PageDraft) -> deform.Form:
        schema = WordsForm().clone()
        required = words_required(self.topic.kind, self.topic.code, self.topic.form)
        if not required:
            schema["message"].missing = ""
        schema["message"].description = f"{self.say(self._help(required))} {self.say(LENGTH_HELP)}"
        return form_of(self.request, schema, formid="message", button=self.say(CONTINUE), draft=kept)

    def _help(self, required: bool) -> Any:
        if self.topic.form == Form.LINE and required:
            return _("Dites ce que vous ne comprenez pas. Nous avons déjà le décompte sous les yeux.")
        if self.topic.form == Form.LINE:
            return _("Ce que vous savez de ce jour-là : où vous étiez, si votre carte a été perdue.")
        if self.topic.kind == "complaint":
            return _("Ce qui s’est passé, quand, et ce que vous attendez de nous.")
        if self.topic.kind == "quote":
            return _("Ce que vous voulez savoir : le reste à payer, un délai, une autre solution.")
        return _("Seulement si quelque chose est à préciser.")
