"""« Mes messages »: everything that was sent, searched; and « Écrire un message » (C93, C94)."""

from typing import Any
from uuid import uuid4

from pyramid.request import Request
from pyramid.view import view_config, view_defaults
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.domain.request import RequestKind
from member_space.forms.ids import number_in, uuid_in
from member_space.forms.message import (
    ALL,
    KINDS,
    LENGTH_HELP,
    NO_TOPIC,
    AskedSent,
    chosen_topic,
    read_message,
    read_sent_filter,
)
from member_space.security.drafts import draft_of
from member_space.services.catalogue import catalogue_of
from member_space.services.freshness import joined, news_of_member
from member_space.services.message import NewMessage, send_message, tie_of
from member_space.services.request import Actor
from member_space.services.request_draft import NoContract
from member_space.services.request_list import page_of_sent
from member_space.services.request_search import words_of
from member_space.services.usual_time import Measure, usual_time_of
from member_space.views.reimbursement import chips_of
from member_space.views.request_words import KIND_LABELS, NO_CONTRACT, chip_of, topic_of
from member_space.views.thread import left
from member_space.views.upload import field_of, files_of
from member_space.views.usual_time_words import usual_time_words

_ = TranslationStringFactory("member_space")

TIES = ("decompte", "ligne", "demande")
"""What ties a message to something, carried by the form as by the address."""
FIELDS = ("pour", "objet", "texte")
_STATES = {True: _("en cours"), False: _("terminées")}


@view_config(
    route_name="messages",
    request_method="GET",
    permission=Permission.VIEW_REQUESTS,
    renderer="message/list.html.jinja2",
)
def messages(request: Request) -> dict[str, Any]:
    """A filter that cannot be read is a 422, beside the list that the others keep."""
    asked = read_sent_filter(request.GET)
    if asked.errors:
        request.response.status_int = 422
    # Before the list: what comes between the two is told, not missed.
    known = joined(news_of_member(request.db, request.identity.person_id).tokens)
    page = page_of_sent(request.db, request.identity.person_id, asked.kept, before=asked.before, after=asked.after)
    query = {name: text for name, text in asked.typed.items() if text}
    words = {name: request.localizer.translate(text) for name, text in asked.errors.items()}
    return {
        "asked": asked,
        "errors": [(name if name in asked.typed else None, text) for name, text in words.items()],
        "wrong": {name: words.get(name) for name in asked.typed},
        "kinds": [(code, KIND_LABELS[kind]) for code, kind in KINDS.items()],
        "known": known,
        "rows": page.requests,
        "title_of": lambda row: title_of(request, row),
        "state_of": lambda row: chip_of(request, row),
        "only_signs": bool(asked.kept.words and not words_of(asked.kept.words)),
        "chips": chips_of(request, "messages", asked.typed, _in_words(asked)),
        "newer_url": page.newer and request.route_path("messages", _query={**query, "apres": str(page.newer)}),
        "older_url": page.older and request.route_path("messages", _query={**query, "avant": str(page.older)}),
        "first_url": request.route_path("messages", _query=query),
    }


def title_of(request: Request, row: Any) -> str:
    """« Demande de remboursement : Optique »: what a row, or the head of a document, calls a request."""
    kind = str(request.localizer.translate(KIND_LABELS[RequestKind(row.kind)]))
    topic = topic_of(request, row).label.in_(request.locale_name)
    return kind if topic == kind else f"{kind}\N{NO-BREAK SPACE}: {topic}"


def _in_words(asked: AskedSent) -> dict[str, TranslationString | None]:
    kept = asked.kept
    quoted = _("«\N{NO-BREAK SPACE}${words}\N{NO-BREAK SPACE}»", mapping={"words": kept.words})
    return {
        "mots": quoted if kept.words else None,
        "type": KIND_LABELS[kept.kind] if kept.kind else None,
        "etat": None if kept.open is None else _STATES[kept.open],
    }


@view_defaults(
    route_name="message_write",
    permission=Permission.SEND_REQUEST,
    renderer="message/write.html.jinja2",
    reads=What.STATEMENT,
)
class WriteViews:
    """Two steps: what about, with the answers that we have ready; then the words. Nothing ready is an obstacle."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.household = request.context.household
        self.catalogue = catalogue_of(request.registry.member_space)
        given = request.POST if request.method == "POST" else request.GET
        self.given = {name: given[name] for name in (*FIELDS, *TIES) if name in given}

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        """The first step, unless the object is known already: chosen, or found again with what was typed."""
        asked = "objet" in self.given or "pour" in self.given
        wrong = {"objet": NO_TOPIC} if asked and not chosen_topic(self.given, self.catalogue) else {}
        return self._page(wrong, str(uuid4()))

    @view_config(request_method="POST", uploads=True)
    def save(self) -> Any:
        request = self.request
        written = read_message(request.POST, self.household, self.catalogue)
        if written.errors or written.topic is None:
            return self._page(written.errors, str(written.key))
        new = NewMessage(written.person, written.topic, written.body, self._tie(), written.key, *files_of(request))
        actor = Actor.of(request.identity, request.origin)
        try:
            sent = send_message(request.db, request.tools, request.identity.account_id, self.household, actor, new)
        except NoContract:
            words = _(NO_CONTRACT, mapping={"phone": request.registry.brand.phone_shown})
            return self._page({"pour": words}, str(written.key))
        return left(request, sent, "message-envoye")

    def _tie(self) -> Any:
        given = self.given
        return tie_of(
            self.request.db,
            self.household,
            uuid_in(given, "decompte"),
            number_in(given, "ligne", digits=4),
            uuid_in(given, "demande"),
        )

    def _page(self, wrong: dict[str, TranslationString], key: str) -> dict[str, Any]:
        request, household = self.request, self.household
        if wrong:
            request.response.status_int = 422
        draft = draft_of(request, *FIELDS, *TIES, path=request.route_path("message_write"))
        typed = {**dict.fromkeys((*FIELDS, *TIES), ""), **draft.kept.values, **self.given}
        topic = chosen_topic(typed, self.catalogue)
        locale = request.locale_name
        errors = {name: request.localizer.translate(words) for name, words in wrong.items()}
        return {
            "draft": draft,
            "most": request.localizer.translate(LENGTH_HELP),
            "upload": field_of(request),
            "typed": typed,
            "ties": TIES,
            "key": key,
            "tie": self._tie(),
            "errors": list(errors.items()),
            "wrong": {name: errors.get(name) for name in FIELDS},
            "second": topic is not None or request.method == "POST",
            "persons": [(ALL, _("Tout le foyer")), *((str(one.public_id), one.name) for one in household.persons())],
            "groups": [
                (label.in_(locale), [(one.code, one.label.in_(locale)) for one in self._objects(code)])
                for code, label in self.catalogue.categories.items()
            ],
            "usual": self._usual(topic),
            "suggestions": [
                (one.title.in_(locale), one.answer.in_(locale), one.path)
                for one in (self.catalogue.suggested(topic) if topic else [])
            ],
        }

    def _usual(self, topic: str | None) -> str | None:
        """How long an answer about this usually takes."""
        first = Measure.FIRST_REPLY
        usual = usual_time_of(self.request.db, RequestKind.MESSAGE.value, topic, first) if topic else None
        return usual_time_words(self.request, usual, first)

    def _objects(self, category: str) -> list[Any]:
        return self.catalogue.of_kind(RequestKind.MESSAGE, category)
