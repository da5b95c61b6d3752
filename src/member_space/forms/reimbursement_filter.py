"""What the list of reimbursements may be asked to keep, each filter read on its own.

A filter that cannot be read is told to the member and left out; the others still work, so the list stays useful.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import colander
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.acts import ActFamily
from member_space.domain.cursor import Cursor
from member_space.domain.money import MoneyError, MoneyProblem, parse_money
from member_space.forms.as_of import Day
from member_space.services.household import Household
from member_space.services.reimbursement import Bounds, LineFilter

_ = TranslationStringFactory("member_space")

LONGEST_WORDS = 100
TO_INSURED, TO_THIRD_PARTY = "assure", "tiers"

_MONEY_PROBLEMS = {
    MoneyProblem.FORMAT: _("Écrivez le montant en euros, comme 25 ou 12,50."),
    MoneyProblem.TOO_MANY_DECIMALS: _("Écrivez le montant avec deux chiffres au plus après la virgule, comme 12,50."),
    MoneyProblem.TOO_LARGE: _("Ce montant est trop grand : écrivez un montant de soins, comme 1250."),
}


class Amount(colander.SchemaType):
    """An amount in euros as people type it; the result is in cents.

    ``unread``: what is told of a text that is no amount in euros and cents, where the words must name the field
    because the page asks for several amounts.
    """

    def __init__(self, unread: TranslationString | None = None) -> None:
        self._told = _MONEY_PROBLEMS
        if unread is not None:
            self._told = {**_MONEY_PROBLEMS, MoneyProblem.FORMAT: unread, MoneyProblem.TOO_MANY_DECIMALS: unread}

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        if not cstruct:
            return colander.null
        try:
            return parse_money(cstruct)
        except MoneyError as error:
            raise colander.Invalid(node, self._told[error.problem]) from None


class Words(colander.SchemaType):
    """Words to search for; what a keyboard does not type is taken as a space."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        if not cstruct:
            return colander.null
        if len(cstruct) > LONGEST_WORDS:
            raise colander.Invalid(
                node, _("Cherchez avec ${most} caractères au plus.", mapping={"most": LONGEST_WORDS})
            )
        return cstruct


class Place(colander.SchemaType):
    """A place in the list, as its links carry it."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        if not cstruct:
            return colander.null
        try:
            return Cursor.parse(cstruct)
        except ValueError:
            raise colander.Invalid(
                node, _("Ce lien vers une page de la liste n’est pas complet : voici la première page.")
            ) from None


_PAYEES = {TO_INSURED: True, TO_THIRD_PARTY: False}
_FAMILIES = {family.value: family for family in ActFamily}


class Pages(colander.MappingSchema):
    """The way through a list by cursor."""

    avant = colander.SchemaNode(Place(), missing=None)
    apres = colander.SchemaNode(Place(), missing=None)


class ReimbursementFilter(Pages):
    """The query of the list of reimbursements; every part is optional."""

    personne = colander.SchemaNode(colander.String(), missing=None)
    du = colander.SchemaNode(Day(), missing=None)
    au = colander.SchemaNode(Day(), missing=None)
    famille = colander.SchemaNode(
        colander.String(),
        missing=None,
        validator=colander.OneOf(
            tuple(_FAMILIES), msg_err=_("Ce type de soins n’existe pas : choisissez-le dans la liste.")
        ),
    )
    paye_a = colander.SchemaNode(
        colander.String(),
        missing=None,
        validator=colander.OneOf(tuple(_PAYEES), msg_err=_("Choisissez dans la liste qui a été payé.")),
    )
    min = colander.SchemaNode(Amount(), missing=None)
    max = colander.SchemaNode(Amount(), missing=None)
    mots = colander.SchemaNode(Words(), missing="")


class TransferFilter(Pages):
    """The query of the list of transfers; every part is optional."""

    du = colander.SchemaNode(Day(), missing=None)
    au = colander.SchemaNode(Day(), missing=None)
    min = colander.SchemaNode(Amount(), missing=None)
    max = colander.SchemaNode(Amount(), missing=None)


_TRANSFERS, _FILTER = TransferFilter(), ReimbursementFilter()
_PLACES = ("avant", "apres")
NAMES = tuple(node.name for node in _FILTER.children if node.name not in _PLACES)
_NO_SUCH_PERSON = _("Cette personne n’est pas sur vos contrats : choisissez-la dans la liste.")
_DATES_CROSS = _("La date de fin vient avant celle de début : inversez-les.")
_AMOUNTS_CROSS = _("Le montant le plus grand est inférieur au plus petit : inversez-les.")


Kept = TypeVar("Kept")
Bounded = TypeVar("Bounded", bound=Bounds)


@dataclass(frozen=True, slots=True)
class AskedList(Generic[Kept]):
    """Where to go on from, what could not be read (field, words), what to keep; ``typed``: every filter as it was
    typed, fit to be shown again."""

    before: Cursor | None
    after: Cursor | None
    errors: dict[str, TranslationString]
    kept: Kept
    typed: dict[str, str]


def read_transfer_filter(query: Mapping[str, str]) -> AskedList[Bounds]:
    """All that can be read of the query."""
    good, errors, typed = read_each(_TRANSFERS, query)
    kept = Bounds(since=good["du"], until=good["au"], least=good["min"], most=good["max"])
    return AskedList(good["avant"], good["apres"], errors, _uncrossed(kept, errors), typed)


def read_filter(query: Mapping[str, str], household: Household) -> AskedList[LineFilter]:
    """All that can be read of the query, by a viewer of this household."""
    good, errors, typed = read_each(_FILTER, query)
    person = household.person(good["personne"]) if good["personne"] else None
    if good["personne"] and person is None:
        errors["personne"] = _NO_SUCH_PERSON
    kept = LineFilter(
        person_id=person.person_id if person else None,
        since=good["du"],
        until=good["au"],
        family=good["famille"],
        to_insured=_PAYEES.get(good["paye_a"]),
        least=good["min"],
        most=good["max"],
        words=good["mots"],
    )
    return AskedList(good["avant"], good["apres"], errors, _uncrossed(kept, errors), typed)


def _uncrossed(kept: Bounded, errors: dict[str, TranslationString]) -> Bounded:
    """Without the bounds that no value can be between, told in ``errors``."""
    if kept.since and kept.until and kept.until < kept.since:
        errors["au"], kept = _DATES_CROSS, replace(kept, since=None, until=None)
    if kept.least is not None and kept.most is not None and kept.most < kept.least:
        errors["max"], kept = _AMOUNTS_CROSS, replace(kept, least=None, most=None)
    return kept


def read_each(
    schema: colander.SchemaNode, query: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, TranslationString], dict[str, str]]:
    """Each node on its own: what is good, `missing` in place of the rest; the errors by field in page order; the
    filters as typed."""
    typed = {node.name: _shown(query.get(node.name, "")) for node in schema.children if node.name not in _PLACES}
    good, errors = {}, {}
    for node in schema.children:
        try:
            good[node.name] = node.deserialize(typed.get(node.name, query.get(node.name, "")))
        except colander.Invalid as invalid:
            good[node.name] = node.missing
            errors[node.name] = invalid.messages()[0]
    return good, errors, typed


def _shown(text: str) -> str:
    """As typed, without the control characters that no page may hold."""
    return "".join(char if char.isprintable() else " " for char in text).strip()
