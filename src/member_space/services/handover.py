"""A talk with the adviser, or an assistant, given to a human: its words come with it, nothing is told again (C160).

One talk is handed over once: what is asked again gives the request that it became.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session
from translationstring import TranslationStringFactory

from member_space.domain.quotation import quoted
from member_space.domain.request import MESSAGE_MAX, RequestKind, Side
from member_space.models import Request
from member_space.services.catalogue import Catalogue
from member_space.services.household import Household
from member_space.services.message import NewMessage, Tie, send_message
from member_space.services.request import Actor
from member_space.services.tools import Origin, Tools
from member_space.services.translation import translate_in

_ = TranslationStringFactory("member_space")

NO_TIE = Tie()
TOPICS = {
    "card-download": "message.card_paper",
    "card-lost": "message.card_lost",
    "card-refused": "message.card_refused",
    "card": "message.card_wrong",
    "refund-where": "message.delay",
    "refund-overpayment": "message.overpayment",
    "refund": "message.amount",
    "noemie-two-insurers": "message.two_insurers",
    "noemie": "message.link",
    "quote": "message.quote",
    "hospital": "message.hospital",
    "affiliation-leaving": "message.leaving",
    "affiliation-certificate": "message.certificate",
    "affiliation": "message.contract",
    "contract-contribution": "message.contribution",
    "contract-terminate": "message.leaving",
    "contract-documents": "message.certificate",
    "contract": "message.cover",
    "account-gdpr": "message.data",
    "account": "message.access",
    "request-status": "message.delay",
}
"""The object of a message for a question of the adviser, else for the first word of its name."""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said in a talk. ``by_member``: by him, otherwise by the machine; ``text``: plain, of any length."""

    by_member: bool
    text: str


@dataclass(frozen=True, slots=True)
class Talk:
    """What is handed over. ``key``: one a talk; ``machine``: the name that it goes by; ``said``: the oldest first."""

    key: UUID
    machine: str
    said: Sequence[Said]


def guess_topic(catalogue: Catalogue, intent: str | None) -> str | None:
    """The object of a message that a question of the adviser falls under; None where the office has none such."""
    if intent is None:
        return None
    code = TOPICS.get(intent) or TOPICS.get(intent.partition("-")[0])
    topic = catalogue.topics.get(code or "")
    return topic.code if topic and topic.kind is RequestKind.MESSAGE else None


def hand_over(
    db: Session,
    tools: Tools,
    account_id: int,
    household: Household,
    origin: Origin,
    talk: Talk,
    topic: str,
    words: str = "",
    *,
    tie: Tie = NO_TIE,
    locale: str = "fr",
    assistant: str | None = None,
) -> Request:
    """Open a thread with the office that holds the talk; the one that it opened already when it is asked again.

    ``account_id``: of the household's viewer; ``topic``: the code of an object of messages of the catalogue; ``words``:
    what the member adds, may be empty; ``tie``: the line or the request that was talked about; ``assistant``: who hands
    it over in the member's name, None: he does. Raises NoContract.
    """
    body = told(household, talk, words, locale)
    new = NewMessage(None, topic, body, tie, talk.key)
    actor = Actor(Side.MEMBER, account_id, origin, assistant=assistant)
    return send_message(db, tools, account_id, household, actor, new).request


def told(household: Household, talk: Talk, words: str, locale: str) -> str:
    """The first message: what is added, then the talk line by line, quoted; what is too long loses its oldest lines."""
    say = translate_in(locale)
    me = next((member.first_name for member in household.members if member.is_viewer), say(_("Adhérent")))
    head = say(_("Échange avec ${machine}, conseiller virtuel :", mapping={"machine": talk.machine}))
    cut = say(_("(Le début de l’échange n’est pas repris ici.)"))
    start = f"{words.strip()}\n\n{head}" if words.strip() else head
    room = MESSAGE_MAX - len(start) - len(cut) - 2
    kept: list[str] = []
    for said in _quoted(me, talk):
        room -= len(said) + 2
        if room < 0:
            kept.append(cut)
            break
        kept.append(said)
    return "\n\n".join([start, *reversed(kept)])


def _quoted(me: str, talk: Talk) -> Iterator[str]:
    """Each thing said, the latest first."""
    for one in reversed(talk.said):
        who = me if one.by_member else talk.machine
        yield quoted(f"{who}\N{NO-BREAK SPACE}: {one.text.strip()}")
