"""The form of an answer of the virtual adviser: what the office may write in it."""

import re
from typing import Any
from urllib.parse import urlsplit

import colander
from translationstring import TranslationStringFactory

from member_space.domain.dates import date_short
from member_space.domain.faq import Family
from member_space.forms.as_of import Day
from member_space.services.faq_edit import Wording

_ = TranslationStringFactory("member_space")

FEWEST, MOST = 3, 60
"""Ways to ask: fewer are seldom found, more are seldom read again."""
QUESTION_MAX, ANSWER_MAX = 200, 4000
"""Characters of a question, of each way to ask it, of a source; of an answer."""
LINKS_MAX = 3
_PATH = re.compile(r"/[A-Za-z0-9/_?=&#.-]*")


class Lines(colander.SchemaType):
    """A text area as the tuple of its lines, without the empty ones."""

    def serialize(self, node: colander.SchemaNode, appstruct: Any) -> Any:  # noqa: ARG002 - colander's
        return colander.null if appstruct is colander.null else "\n".join(appstruct)

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:  # noqa: ARG002 - colander's
        if not cstruct:
            return colander.null
        return tuple(" ".join(line.split()) for line in str(cstruct).splitlines() if line.strip())


def _ways(node: colander.SchemaNode, value: tuple[str, ...]) -> None:
    if not FEWEST <= len(value) <= MOST:
        raise colander.Invalid(
            node,
            _(
                "Écrivez de ${fewest} à ${most} façons de la poser, une par ligne.",
                mapping={"fewest": FEWEST, "most": MOST},
            ),
        )
    if any(len(way) > QUESTION_MAX for way in value):
        raise colander.Invalid(node, _("Une de ces lignes dépasse 200 caractères : posez la question plus court."))


def _links(node: colander.SchemaNode, value: tuple[str, ...]) -> None:
    if len(value) > LINKS_MAX:
        raise colander.Invalid(node, _("Trois pages au plus : au-delà, on ne choisit plus."))
    for line in value:
        parts = [part.strip() for part in line.split("|")]
        if len(parts) != 3 or not all(parts) or not _PATH.fullmatch(parts[0]) or parts[0].startswith("//"):
            raise colander.Invalid(
                node,
                _(
                    "« ${line} » n’est pas une page de l’espace : écrivez /adresse | mots du lien | words of the link.",
                    mapping={"line": line},
                ),
            )


def _address(node: colander.SchemaNode, value: str) -> None:
    try:
        parts = urlsplit(value)
    except ValueError:  # « https://[ »: a host of numbers that has no end
        parts = urlsplit("")
    if parts.scheme != "https" or not parts.netloc:
        raise colander.Invalid(node, _("L’adresse de la source commence par https://."))


def _text(longest: int, missing_msg: Any = None, **values: Any) -> colander.SchemaNode:
    too_long = _("Ce texte est trop long : ${most} caractères au plus.", mapping={"most": longest})
    validator = colander.Length(max=longest, max_err=too_long)
    if missing_msg is None:
        return colander.SchemaNode(colander.String(), validator=validator, missing=None, **values)
    return colander.SchemaNode(colander.String(), validator=validator, missing_msg=missing_msg, **values)


class FaqForm(colander.MappingSchema):
    """An answer with its question, both in French; in English, both or none."""

    question = _text(QUESTION_MAX, _("Écrivez la question."))
    ask = colander.SchemaNode(Lines(), validator=_ways, missing_msg=_("Écrivez au moins trois façons de la poser."))
    answer = _text(ANSWER_MAX, _("Écrivez la réponse."))
    source = _text(QUESTION_MAX, _("Dites d’où vient cette réponse : un texte, le contrat, un site."))
    source_url = colander.SchemaNode(colander.String(), validator=_address, missing=None)
    as_of = colander.SchemaNode(Day(), missing_msg=_("Donnez le jour où vous avez vérifié la réponse."))
    links = colander.SchemaNode(Lines(), validator=_links, missing=())
    question_en = _text(QUESTION_MAX)
    answer_en = _text(ANSWER_MAX)

    def validator(self, node: colander.SchemaNode, values: dict[str, Any]) -> None:
        if bool(values["question_en"]) != bool(values["answer_en"]):
            empty = "answer_en" if values["question_en"] else "question_en"
            wrong = colander.Invalid(node)
            wrong[empty] = _("En anglais, écrivez la question et la réponse, ou laissez les deux vides.")
            raise wrong


class NewFaqForm(FaqForm):
    """The same of an answer that is not there yet, with its family."""

    family = colander.SchemaNode(
        colander.String(),
        validator=colander.OneOf(list(Family), msg_err=_("Choisissez une famille de la liste.")),
        missing_msg=_("Choisissez une famille de la liste."),
        insert_before="question",  # as on the page: errors are said in that order
    )


def wording_of(values: dict[str, Any]) -> Wording:
    """The words that were typed."""
    links = tuple(tuple(part.strip() for part in line.split("|")) for line in values["links"])
    return Wording(
        question=values["question"],
        paraphrases=values["ask"],
        answer=values["answer"],
        question_en=values["question_en"],
        answer_en=values["answer_en"],
        source=values["source"],
        source_url=values["source_url"],
        links=links,
        as_of=values["as_of"],
    )


def typed_of(wording: Wording) -> dict[str, str]:
    """The same, as the fields of the form show them."""
    return {
        "question": wording.question,
        "ask": "\n".join(wording.paraphrases),
        "answer": wording.answer,
        "source": wording.source,
        "source_url": wording.source_url or "",
        "as_of": date_short(wording.as_of),
        "links": "\n".join(" | ".join(link) for link in wording.links),
        "question_en": wording.question_en or "",
        "answer_en": wording.answer_en or "",
    }
