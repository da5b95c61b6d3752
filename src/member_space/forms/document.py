"""What the list of documents may be asked, and what says what a document is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import colander
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.attachment import NAME_MAX
from member_space.domain.request import Side
from member_space.forms.as_of import Day
from member_space.services.catalogue import Catalogue
from member_space.services.document import DocumentFilter
from member_space.services.household import Household, HouseholdMember

_ = TranslationStringFactory("member_space")

SIDES = {"moi": Side.MEMBER, "mutuelle": Side.OFFICE}
NO_TITLE = _("Donnez un titre au document, comme « Facture du dentiste ».")
LONG_TITLE = _("Ce titre est trop long : ${most} caractères au plus.", mapping={"most": NAME_MAX})
NO_TYPE = _("Choisissez dans la liste de quel document il s’agit.")
NO_PERSON = _("Choisissez dans la liste la personne que ce document concerne.")
FUTURE = _("Cette date est à venir : écrivez celle qui est sur le document.")
NO_DATE = _("Écrivez la date qui est sur le document, comme 12/03/2026.")


class DocumentForm(colander.MappingSchema):
    """What a document is; every part is needed."""

    titre = colander.SchemaNode(colander.String(), missing_msg=NO_TITLE)
    type = colander.SchemaNode(colander.String(), missing_msg=NO_TYPE)
    personne = colander.SchemaNode(colander.String(), missing_msg=NO_PERSON)
    date = colander.SchemaNode(Day(), missing_msg=NO_DATE)


FIELDS = tuple(node.name for node in DocumentForm())


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of a document, and what is wrong with it, by field."""

    title: str = ""
    piece: str = ""
    person: HouseholdMember | None = None
    day: date | None = None
    errors: dict[str, TranslationString] = field(default_factory=dict)


def read_document(posted: Mapping[str, str], household: Household, catalogue: Catalogue, today: date) -> Said:
    """Each field on its own, so that all that is wrong is told at once."""
    good: dict[str, Any] = {}
    errors: dict[str, TranslationString] = {}
    for node in DocumentForm():
        try:
            good[node.name] = node.deserialize(posted.get(node.name, "").strip())
        except colander.Invalid as invalid:
            errors[node.name] = invalid.messages()[0]
    person = household.person(good.get("personne", ""))
    checks = (
        ("titre", len(good.get("titre", "")) > NAME_MAX, LONG_TITLE),
        ("type", good.get("type", "") not in catalogue.pieces, NO_TYPE),
        ("personne", person is None, NO_PERSON),
        ("date", "date" in good and good["date"] > today, FUTURE),
    )
    errors |= {name: words for name, wrong, words in checks if wrong and name not in errors}
    ordered = {name: errors[name] for name in FIELDS if name in errors}
    return Said(good.get("titre", ""), good.get("type", ""), person, good.get("date"), ordered)


def read_document_filter(query: Mapping[str, str], household: Household, catalogue: Catalogue) -> DocumentFilter:
    """What the list keeps; what is not of its lists keeps all."""
    person = household.person(query.get("personne", ""))
    return DocumentFilter(
        piece=query.get("type") if query.get("type") in catalogue.pieces else None,
        side=SIDES.get(query.get("de", "")),
        person_id=person.person_id if person else None,
    )
