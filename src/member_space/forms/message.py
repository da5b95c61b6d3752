"""What the list of messages may be asked, and what a message and an answer hold, as people send them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import colander
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.cursor import InstantCursor
from member_space.domain.request import MESSAGE_MAX, RequestKind
from member_space.forms.ids import uuid_in
from member_space.forms.instant_place import InstantPlace
from member_space.forms.reimbursement_filter import Words, read_each
from member_space.services.catalogue import Catalogue
from member_space.services.household import Household, HouseholdMember
from member_space.services.request_list import SentFilter

_ = TranslationStringFactory("member_space")

ALL = "tous"
"""The choice of the whole household."""
KINDS = {
    "message": RequestKind.MESSAGE,
    "remboursement": RequestKind.CLAIM,
    "devis": RequestKind.QUOTE,
    "beneficiaire": RequestKind.CHANGE,
    "reclamation": RequestKind.COMPLAINT,
}
"""The kinds of requests by their word in the address."""
STATES = {"en-cours": True, "terminees": False}


LENGTH_HELP = _("10\N{NO-BREAK SPACE}000 caractères au plus.")
"""Told beside each field that takes a message. MESSAGE_MAX, written out: each language writes thousands its own way."""
NO_TEXT = _("Écrivez votre message.")
NO_TOPIC = _("Choisissez l’objet de votre message dans la liste.")
NO_PERSON = _("Choisissez dans la liste la personne que le message concerne.")
NO_STARS = _("Choisissez une réponse, de « Oui » à « Pas du tout ».")


class _Sent(colander.MappingSchema):
    avant = colander.SchemaNode(InstantPlace(), missing=None)
    apres = colander.SchemaNode(InstantPlace(), missing=None)
    mots = colander.SchemaNode(Words(), missing="")
    type = colander.SchemaNode(
        colander.String(),
        missing=None,
        validator=colander.OneOf(tuple(KINDS), msg_err=_("Choisissez dans la liste un type de demande.")),
    )
    etat = colander.SchemaNode(
        colander.String(),
        missing=None,
        validator=colander.OneOf(tuple(STATES), msg_err=_("Choisissez dans la liste un état.")),
    )


_SENT = _Sent()


@dataclass(frozen=True, slots=True)
class AskedSent:
    """What to keep, where to go on from, what could not be read, and the filters as typed."""

    kept: SentFilter
    before: InstantCursor | None
    after: InstantCursor | None
    errors: dict[str, TranslationString]
    typed: dict[str, str]


def read_sent_filter(query: Mapping[str, str]) -> AskedSent:
    """All that can be read of the query; each filter on its own."""
    good, errors, typed = read_each(_SENT, query)
    kept = SentFilter(KINDS.get(good["type"]), STATES.get(good["etat"]), good["mots"])
    return AskedSent(kept, good["avant"], good["apres"], errors, typed)


@dataclass(frozen=True, slots=True)
class Written:
    """A message as it was sent: what is good in it, and what is not, by field."""

    person: HouseholdMember | None
    topic: str | None
    body: str
    key: UUID
    errors: dict[str, TranslationString] = field(default_factory=dict)


def read_message(posted: Mapping[str, str], household: Household, catalogue: Catalogue) -> Written:
    """The fields of « Écrire un message »."""
    errors: dict[str, TranslationString] = {}
    person, topic = chosen_person(posted, household), chosen_topic(posted, catalogue)
    if person is None and posted.get("pour") != ALL:
        errors["pour"] = NO_PERSON
    if topic is None:
        errors["objet"] = NO_TOPIC
    body, problem = read_text(posted)
    if problem:
        errors["texte"] = problem
    return Written(person, topic, body, read_key(posted), errors)


def chosen_person(given: Mapping[str, str], household: Household) -> HouseholdMember | None:
    """The person of the list, None for the whole household and for a person who is not on it."""
    return household.person(given.get("pour", ""))


def chosen_topic(given: Mapping[str, str], catalogue: Catalogue) -> str | None:
    """The object of a message, None for what is not one."""
    topic = catalogue.topics.get(given.get("objet", ""))
    return topic.code if topic and topic.kind is RequestKind.MESSAGE else None


def read_text(posted: Mapping[str, str]) -> tuple[str, TranslationString | None]:
    """The text, and what is wrong with it."""
    body = text_in(posted, "texte")
    if not body:
        return body, NO_TEXT
    return body, too_long(body)


def text_in(posted: Mapping[str, str], name: str) -> str:
    """Lines as typed, whatever the browser ends them with."""
    return posted.get(name, "").replace("\r\n", "\n").strip()


def too_long(body: str) -> TranslationString | None:
    """What is wrong with a text that is longer than a message may be."""
    if len(body) <= MESSAGE_MAX:
        return None
    thousands, rest = divmod(len(body), 1000)
    return _(
        "Votre message fait ${thousands}\N{NO-BREAK SPACE}${rest} caractères\N{NO-BREAK SPACE}: "
        "gardez-en 10\N{NO-BREAK SPACE}000, ou joignez le reste en PDF.",
        mapping={"thousands": thousands, "rest": f"{rest:03}"},
    )


def read_key(posted: Mapping[str, str]) -> UUID:
    """What tells this form from another; a new one where a browser lost it."""
    return uuid_in(posted, "cle") or uuid4()
