"""The virtual adviser: a page that works by its forms alone, and the same as a panel on every page (C160).

A request made by the panel's script (`X-Requested-With`) is answered by the talk alone, without the page around it.
"""

from typing import Any
from uuid import uuid4

from markupsafe import Markup
from pyramid.events import BeforeRender
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config, view_defaults
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.opening_hours import Open
from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.domain.request import RequestKind
from member_space.forms.adviser import read_about, read_handover, read_question, read_word
from member_space.models import AdviserTalk
from member_space.security.drafts import draft_of, end_draft
from member_space.services.adviser_talk import (
    Turn,
    ask,
    find_talk,
    forget,
    give_opinion,
    hand_over_talk,
    talk_of,
    turns_of,
)
from member_space.services.catalogue import catalogue_of
from member_space.services.content import render
from member_space.services.handover import guess_topic
from member_space.services.request_draft import NoContract
from member_space.services.throttling import TooManyTries
from member_space.views.done import go_on
from member_space.views.request_words import NO_CONTRACT

_ = TranslationStringFactory("member_space")

TOO_MANY = _(
    "Vous avez posé beaucoup de questions en peu de temps. Reprenez dans ${minutes} min, ou écrivez à un conseiller."
)
FIRST_QUESTIONS = (
    (_("Où en est mon remboursement ?"), "faq:refund-where"),
    (_("Ma télétransmission est-elle active ?"), "faq:noemie-active"),
    (_("Que me reste-t-il de mes forfaits ?"), "faq:contract-ceilings"),
    (_("Jusqu’à quand ma carte est-elle valable ?"), "faq:card-validity"),
)
"""What most people come for, a click away."""
PANEL = "adviser/_panel.html.jinja2"


@view_defaults(
    route_name="adviser",
    permission=Permission.ASK_ADVISER,
    renderer="adviser/page.html.jinja2",
    reads=What.ADVISER,
)
class AdviserViews:
    def __init__(self, request: Request) -> None:
        self.request = request
        self.household = request.context.household

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page()

    @view_config(request_method="POST")
    def ask(self) -> Any:
        request = self.request
        question, problem = read_question(request.POST)
        if problem:
            return self._page(question, problem, status=422)
        try:
            turn = ask(
                request.db,
                request.tools,
                request.identity,
                self.household,
                question,
                locale=request.locale_name,
                about=read_about(request.POST),
            )
        except TooManyTries as stop:
            minutes = {"minutes": max(1, round(stop.wait.total_seconds() / 60))}
            return self._page(question, TOO_MANY % minutes, status=429)
        if request.is_xhr:
            end_draft(request)
            return self._page()
        return HTTPSeeOther(request.route_path("adviser", _anchor=f"reponse-{turn.public_id}"))

    def _page(self, typed: str = "", problem: TranslationString | None = None, status: int = 200) -> dict[str, Any]:
        request = self.request
        request.response.status_int = status
        if request.is_xhr:
            request.override_renderer = PANEL
        talk = talk_of(request.db, request.identity)
        draft = draft_of(request, "question", path=request.route_path("adviser"))
        return {
            **talk_values(turns_of(request.db, request.tools, self.household, talk)),
            "draft": draft,
            "typed": draft.over({"question": typed})["question"],
            "problem": request.localizer.translate(problem) if problem else None,
        }


def talk_values(turns: list[Turn]) -> dict[str, Any]:
    """What adviser/_talk asks for."""
    return {
        "turns": turns,
        "words_of": lambda answer: Markup(render(answer.text)),  # noqa: S704 - raw HTML in it is plain text
        "first_questions": FIRST_QUESTIONS,
        "wrong_turn": None,
        "word": "",
    }


@view_config(
    route_name="adviser_forget",
    request_method="POST",
    permission=Permission.ASK_ADVISER,
)
def erase(request: Request) -> Any:
    forget(request.db, request.identity)
    if request.is_xhr:
        return HTTPSeeOther(request.route_path("adviser"))
    return go_on(request.route_path("adviser"), "echange-efface")


@view_config(
    route_name="adviser_opinion",
    request_method="POST",
    permission=Permission.ASK_ADVISER,
    renderer="adviser/page.html.jinja2",
    reads=What.ADVISER,
)
def opinion(request: Request) -> Any:
    """« Utile », « pas utile », and a word: under the answer, which stays where it is."""
    turn: Turn = request.context.found
    word, problem = read_word(request.POST)
    if problem:
        return AdviserViews(request)._page(problem=problem, status=422) | {"wrong_turn": turn.public_id, "word": word}
    give_opinion(request.db, request.tools, turn, useful=request.POST.get("utile") == "1", word=word)
    return HTTPSeeOther(request.route_path("adviser", _anchor=f"reponse-{turn.public_id}"))


@view_defaults(
    route_name="adviser_human",
    permission=Permission.SEND_REQUEST,
    renderer="adviser/human.html.jinja2",
    reads=What.ADVISER,
)
class HumanViews:
    """« Parler à un conseiller »: what it is about, guessed; one button; the thread opens with the talk."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.household = request.context.household
        catalogue = catalogue_of(request.tools.settings)
        self.catalogue = catalogue
        self.topics = {one.code: one.label.in_(request.locale_name) for one in catalogue.of_kind(RequestKind.MESSAGE)}

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        talk = talk_of(self.request.db, self.request.identity)
        turns = self._turns(talk)
        key = talk.public_id if talk else uuid4()
        intents = (turn.answer.intent for turn in reversed(turns) if turn.answer)
        topic = next(filter(None, (guess_topic(self.catalogue, intent) for intent in intents)), "")
        return self._page(turns, topic, "", key, {})

    @view_config(request_method="POST")
    def send(self) -> Any:
        request = self.request
        topic, words, key, errors = read_handover(request.POST, self.topics)
        # The one that the page was about: sent twice, it is handed over already.
        turns = self._turns(find_talk(request.db, request.identity, key))
        if not words and not turns:
            errors.setdefault("texte", _("Écrivez en quelques mots ce que vous voulez nous dire."))
        if errors or topic is None:
            return self._page(turns, request.POST.get("objet", ""), words, key, errors)
        try:
            row = hand_over_talk(
                request.db,
                request.tools,
                request.identity,
                self.household,
                request.origin,
                topic,
                words,
                key=key,
                locale=request.locale_name,
            )
        except NoContract:
            no_contract = _(NO_CONTRACT, mapping={"phone": request.registry.brand.phone_shown})
            return self._page(turns, topic, words, key, {"objet": no_contract})
        return go_on(request.route_path("request", request_id=row.public_id), "message-envoye")

    def _turns(self, talk: AdviserTalk | None) -> list[Turn]:
        return turns_of(self.request.db, self.request.tools, self.household, talk)

    def _page(
        self, turns: list[Turn], topic: str, words: str, key: Any, wrong: dict[str, TranslationString]
    ) -> dict[str, Any]:
        request = self.request
        if wrong:
            request.response.status_int = 422
        errors = {name: request.localizer.translate(said) for name, said in wrong.items()}
        locale, draft = request.locale_name, draft_of(request, "objet", "texte")
        return {
            "groups": [
                (label.in_(locale), [(one.code, one.label.in_(locale)) for one in self._objects(code)])
                for code, label in self.catalogue.categories.items()
            ],
            "is_open": isinstance(request.opening, Open),
            "draft": draft,
            "topic": draft.chosen("objet", topic),
            "words": draft.over({"texte": words})["texte"],
            "key": str(key),
            "questions": [turn.question for turn in turns],
            "errors": list(errors.items()),
            "wrong": {name: errors.get(name) for name in ("objet", "texte")},
        }

    def _objects(self, category: str) -> list[Any]:
        return self.catalogue.of_kind(RequestKind.MESSAGE, category)


def add_adviser(event: BeforeRender) -> None:
    """The name of the adviser, for the button of every page."""
    request = event["request"]
    if request is not None:
        event["adviser_name"] = request.registry.member_space.adviser_name


def includeme(config: Any) -> None:
    config.add_subscriber(add_adviser, BeforeRender, page=True)
