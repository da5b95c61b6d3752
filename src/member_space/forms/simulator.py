"""What « Simuler un remboursement » is asked, in its address, so that it can be kept and sent: no name is in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import colander
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.dates import date_short
from member_space.domain.money import Money
from member_space.domain.quote import MOST_PRICE, MOST_TIMES
from member_space.domain.reimbursement_input import Practitioner
from member_space.forms.as_of import Day
from member_space.forms.reimbursement_filter import Amount, Words, read_each
from member_space.services.household import Household, HouseholdMember
from member_space.services.simulator_words import SECTORS

_ = TranslationStringFactory("member_space")

IN_PATHWAY, OUT_OF_PATHWAY = "suivi", "hors"

# The summary of errors is read alone: each amount of the page is named in its own words.
_TOO_LARGE = _("Ce prix est trop grand : écrivez un prix de soins, comme 1250.")
_PRICE = _("Écrivez le prix en euros, comme 25 ou 12,50, avec deux chiffres au plus après la virgule.")
_FRAME = _("Écrivez le prix de la monture en euros, comme 100 ou 89,90, sans signe moins.")
_BASE = _("Écrivez la base de remboursement en euros, comme 107,50, sans signe moins.")
_BASE_TOO_LARGE = _("Cette base est trop grande : vérifiez-la.")
_TIMES = _("Écrivez un nombre entier de séances, de boîtes ou de jours, de 1 à ${most}.", mapping={"most": MOST_TIMES})
_NO_SUCH_PERSON = _("Cette personne n’est pas sur vos contrats : choisissez-la dans la liste.")
_FRAME_ABOVE = _("La monture coûte plus que la paire : écrivez dans « Prix » le prix de toute la paire.")


def _positive(node: colander.SchemaNode, cents: Money) -> None:
    if cents <= 0:
        raise colander.Invalid(node, _("Écrivez un prix plus grand que zéro, comme 25 ou 12,50."))
    if cents > MOST_PRICE:
        raise colander.Invalid(node, _TOO_LARGE)


class Times(colander.SchemaType):
    """How many acts, boxes, days; a whole number."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        if not cstruct:
            return colander.null
        text = cstruct.strip()
        if not (text.isascii() and text.isdecimal() and len(text) <= 3 and 1 <= int(text) <= MOST_TIMES):
            raise colander.Invalid(node, _TIMES)
        return int(text)


class CareQuery(colander.MappingSchema):
    """A care and its price. ``monture``, ``base``: in euros, only where the care needs them."""

    soin = colander.SchemaNode(
        Words(), missing_msg=_("Écrivez le soin avec vos mots, comme « généraliste », « couronne » ou « lunettes ».")
    )
    prix = colander.SchemaNode(
        Amount(_PRICE), validator=_positive, missing_msg=_("Écrivez le prix du soin ou du devis, comme 25 ou 12,50.")
    )
    secteur = colander.SchemaNode(
        colander.String(),
        missing="1",
        validator=colander.OneOf(tuple(SECTORS), msg_err=_("Choisissez le secteur dans la liste.")),
    )
    le = colander.SchemaNode(Day(), missing=None)
    nombre = colander.SchemaNode(Times(), missing=1)
    monture = colander.SchemaNode(
        Amount(_FRAME), missing=None, validator=colander.Range(0, MOST_PRICE, _FRAME, _TOO_LARGE)
    )
    base = colander.SchemaNode(
        Amount(_BASE), missing=None, validator=colander.Range(0, MOST_PRICE, _BASE, _BASE_TOO_LARGE)
    )


class SimulatorQuery(CareQuery):
    """The query: for whom too, and whether the treating doctor sent there."""

    parcours = colander.SchemaNode(
        colander.String(),
        missing=IN_PATHWAY,
        validator=colander.OneOf(
            (IN_PATHWAY, OUT_OF_PATHWAY), msg_err=_("Dites si vous passez par votre médecin traitant.")
        ),
    )
    personne = colander.SchemaNode(colander.String(), missing=None)


_QUERY = SimulatorQuery()


@dataclass(frozen=True, slots=True)
class AskedSimulation:
    """``typed``: each field as typed, with what is taken where nothing was; ``errors``: by field, in page order.

    The values are those of the fields; what could not be read is its default. ``words``: what names the care.
    """

    is_asked: bool
    typed: dict[str, str]
    errors: dict[str, TranslationString]
    words: str
    fee: Money
    practitioner: Practitioner
    out_of_pathway: bool
    member: HouseholdMember | None
    day: date
    quantity: int
    frame_fee: Money | None
    base: Money | None


def read_simulation(query: Mapping[str, str], household: Household) -> AskedSimulation:
    """All that can be read of the query. The form always sends its price: without one, nothing is asked yet."""
    good, errors, typed = read_each(_QUERY, query)
    is_asked = "prix" in query
    member = household.person(good["personne"]) if good["personne"] else next(household.persons(), None)
    if good["personne"] and member is None:
        errors["personne"] = _NO_SUCH_PERSON
    fee, frame = price_of(good, errors), good["monture"]
    typed = {name: text or _default(name, member, household.today) for name, text in typed.items()}
    return AskedSimulation(
        is_asked=is_asked,
        typed=typed,
        errors=errors if is_asked else {},
        words="" if good["soin"] is colander.required else good["soin"],
        fee=fee,
        practitioner=SECTORS[good["secteur"]].practitioner,
        out_of_pathway=good["parcours"] == OUT_OF_PATHWAY,
        member=member,
        day=good["le"] or household.today,
        quantity=good["nombre"],
        frame_fee=frame,
        base=good["base"],
    )


def price_of(good: Mapping[str, Any], errors: dict[str, TranslationString]) -> Money:
    """The price that was read, 0 where none could be; a frame above it is told in ``errors``."""
    fee: Money = 0 if good["prix"] is colander.required else good["prix"]
    if good["monture"] is not None and "prix" not in errors and good["monture"] > fee:
        errors["monture"] = _FRAME_ABOVE
    return fee


def _default(name: str, member: HouseholdMember | None, today: date) -> str:
    if name == "personne":
        return str(member.public_id) if member else ""
    return {"secteur": "1", "parcours": IN_PATHWAY, "le": date_short(today), "nombre": "1"}.get(name, "")
