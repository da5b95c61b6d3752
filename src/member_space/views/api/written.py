"""What an assistant writes in a member's name: a message to the office, and the talk handed over to people."""

from dataclasses import dataclass
from math import ceil
from typing import Any
from uuid import UUID, uuid4

from pyramid.request import Request
from pyramid.response import Response
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.adviser import Do
from member_space.domain.opening_hours import Closed, Open
from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.domain.refusal import Refusal, refusal_of
from member_space.domain.request import RequestKind
from member_space.forms.message import ALL, read_message
from member_space.models import Request as MemberRequest
from member_space.services.adviser import NUMBERS
from member_space.services.catalogue import catalogue_of
from member_space.services.handover import Said, Talk, hand_over
from member_space.services.message import NewMessage, Tie, send_message, tie_of
from member_space.services.request import Actor
from member_space.services.request_draft import NoContract
from member_space.services.throttling import TooManyTries, count_turn
from member_space.views.api.endpoint import endpoint
from member_space.views.api.once import once
from member_space.views.api.problem import problem
from member_space.views.api.values import answer
from member_space.views.request_words import NO_CONTRACT

_ = TranslationStringFactory("member_space")

MOST_SENT = 20
"""Messages and talks of one member, by all his assistants and tokens, within `throttling.WINDOW`: people read them."""
TOO_MANY = _("Trop de messages ont été envoyés pour cet adhérent : attendez, ou laissez-le écrire dans son espace.")
OWN = _("Votre assistant")
NOTHING_SO = _("Rien de tel que ce jeton puisse lire.")
TOPICS = _("${words} Les codes possibles : ${codes}.")
SCHEMES = {Do.CALL: "tel", Do.TEXT: "sms"}
POINTERS = {"pour": "#/person", "objet": "#/topic"}
"""The fields of « Écrire un message » by their place in the body; its text has a name of its own each time."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A value that does not do: where in the body, and why."""

    pointer: str
    words: TranslationString


@endpoint("api_messages", Permission.WRITE_MESSAGE, method="POST", reads=What.STATEMENT)
@once
def write_message(request: Request) -> Any:
    """Sent at once, under the assistant's name: the office and the member read who wrote it."""
    given, household = request.json_body, request.context.household
    tie, untied = _tie(request, given.get("about") or {})
    new, wrong = _read(request, given, given["text"], "#/text", tie)
    if new is None or untied:
        return refused(request, [*wrong, *untied])
    actor = Actor.of(request.identity, request.origin)
    try:
        _take_turn(request)
        sent = send_message(request.db, request.tools, request.identity.account_id, household, actor, new).request
    except NoContract:
        return no_contract(request)
    except TooManyTries as refusal:
        return _too_many(request, refusal)
    return _sent(request, sent, new.body)


@endpoint("api_handover", Permission.WRITE_MESSAGE, method="POST")
@once
def hand_over_talk(request: Request) -> Any:
    """The question and the talk go to the office together; the answer says when somebody reads them."""
    given, household = request.json_body, request.context.household
    new, wrong = _read(request, given, given["question"], "#/question", Tie())
    if new is None:
        return refused(request, wrong)
    access = request.identity
    machine = access.assistant or request.localizer.translate(OWN)
    talk = Talk(new.key, machine, [Said(turn["from"] == "member", turn["text"]) for turn in given["transcript"]])
    try:
        _take_turn(request)
        sent = hand_over(
            request.db,
            request.tools,
            access.account_id,
            household,
            request.origin,
            talk,
            new.topic,
            new.body,
            locale=request.locale_name,
            assistant=access.assistant,
        )
    except NoContract:
        return no_contract(request)
    except TooManyTries as refusal:
        return _too_many(request, refusal)
    return _sent(request, sent, new.body) | {"office": _office(request)}


def refused(request: Request, wrong: list[Wrong]) -> Response:
    """422, each value with what to do about it in the reader's language."""
    translate = request.localizer.translate
    return problem(request, 422, errors=[{"detail": translate(one.words), "pointer": one.pointer} for one in wrong])


def no_contract(request: Request) -> Response:
    words = _(NO_CONTRACT, mapping={"phone": request.registry.brand.phone_shown})
    return refused(request, [Wrong("#/person", words)])


def _take_turn(request: Request) -> None:
    """One more that the office has to read. Raises TooManyTries."""
    tools = request.tools
    who = tools.cipher.blind_index(f"api messages:{request.identity.account_id}")
    count_turn(request.db, who, "api", tools.now(), limit=MOST_SENT)


def _too_many(request: Request, refusal: TooManyTries) -> Response:
    response = problem(request, 429, detail=request.localizer.translate(TOO_MANY), slug="too-many-messages")
    response.retry_after = ceil(refusal.wait.total_seconds())
    return response


def unknown_topic(request: Request, words: TranslationString, kind: RequestKind) -> TranslationString:
    """The refusal of a topic, with those that would do."""
    codes = ", ".join(topic.code for topic in catalogue_of(request.tools.settings).of_kind(kind))
    return TOPICS % {"words": request.localizer.translate(words), "codes": codes}


def _read(request: Request, given: Any, text: str, place: str, tie: Tie) -> tuple[NewMessage | None, list[Wrong]]:
    """The message by the rules of the page, or what is wrong with it. ``place``: where its text stands."""
    household = request.context.household
    posted = {"pour": given.get("person") or ALL, "objet": given["topic"], "texte": text}
    written = read_message(posted, household, catalogue_of(request.tools.settings))
    wrong = [Wrong(POINTERS.get(name, place), words) for name, words in written.errors.items()]
    if written.topic is None:
        wrong = [
            Wrong(one.pointer, unknown_topic(request, one.words, RequestKind.MESSAGE))
            if one.pointer == POINTERS["objet"]
            else one
            for one in wrong
        ]
    if wrong or written.topic is None:
        return None, wrong
    return NewMessage(written.person, written.topic, written.body, tie, uuid4()), []


def _tie(request: Request, about: dict[str, Any]) -> tuple[Tie, list[Wrong]]:
    """What these ids name; what this token may not read is as unknown as what does not exist."""
    household = request.context.household
    asked = {name: UUID(about[name]) if name in about else None for name in ("statement", "request")}
    tie = tie_of(request.db, household, asked["statement"], about.get("line"), asked["request"])
    shown = {member.person_id for member in household.members}
    hidden = tie.request is not None and tie.request.person_id not in shown | {None}
    missing = {
        "statement": asked["statement"] and tie.statement is None,
        "line": "line" in about and tie.line is None,
        "request": asked["request"] and (tie.request is None or hidden),
    }
    return tie, [Wrong(f"#/about/{name}", NOTHING_SO) for name, is_missing in missing.items() if is_missing]


def _sent(request: Request, sent: MemberRequest, said: str) -> dict[str, Any]:
    """``said``: nobody at the office reads within the minute; who tells of a danger is told whom to call."""
    request.response.status_int = 201
    url = request.route_url("request", request_id=sent.public_id)
    body = {
        "request": {"id": sent.public_id, "number": sent.number, "sent_at": sent.sent_at},
        "written_as": request.identity.assistant,
    }
    actions = [(_("Suivre cette demande"), url)]
    if refusal_of(said) is Refusal.EMERGENCY:
        actions = [(words, f"{SCHEMES[do]}:{number}") for do, number, words in NUMBERS] + actions
    return answer(request, body, source=(_("Vos messages"), request.route_url("messages")), actions=actions)


def _office(request: Request) -> dict[str, Any]:
    """Whether somebody is there now, and until or from when."""
    status: Open | Closed = request.opening
    is_open = isinstance(status, Open)
    return {
        "is_open": is_open,
        "open_until": status.until if isinstance(status, Open) else None,
        "next_opening": status.next_opening if isinstance(status, Closed) else None,
        "hours": request.week_words,
        "status": request.opening_words,
        "phone": request.registry.brand.phone_shown,
    }
