"""What « Trouver un professionnel de santé » is asked, in the query of its page, or posted with a position."""

from dataclasses import dataclass
from typing import Any

import colander
from translationstring import TranslationString, TranslationStringFactory
from webob.multidict import MultiDict

from member_space.domain.cursor import NearCursor
from member_space.domain.speciality import LONGEST, Speciality
from member_space.forms.reimbursement_filter import Words, read_each
from member_space.services.practitioner_search import DEFAULT_RADIUS, RADII, SECTORS, Filters
from member_space.services.speciality import specialities

_ = TranslationStringFactory("member_space")

_WHICH = _("Écrivez une spécialité avec vos mots, comme « dentiste » ou « kiné », ou choisissez-la dans la liste.")
_UNKNOWN = _(
    "Aucune spécialité ne répond à « ${words} » : essayez un mot plus courant, comme « dentiste » ou « kiné », "
    "ou choisissez dans la liste."
)
_LONG = _("Écrivez la spécialité en un ou deux mots : ${longest} caractères au plus.", mapping={"longest": LONGEST})
_SEVERAL = _("Plusieurs spécialités répondent à « ${words} » : choisissez la vôtre ci-dessous.")
_RADIUS = _("Choisissez une distance dans la liste : 5, 10, 25 ou 50 km. Nous avons cherché à 10 km.")
_SECTOR = _("Ce secteur n’existe pas : cochez ceux de la liste. Nous avons cherché sans lui.")
_BROKEN = _("Ce lien vers une page de la liste n’est pas complet : voici la première page.")


class NearPlace(colander.SchemaType):
    """A place in a list by distance, as its links carry it."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        if not cstruct:
            return colander.null
        try:
            return NearCursor.parse(cstruct)
        except ValueError:
            raise colander.Invalid(node, _BROKEN) from None


def _box(name: str) -> colander.SchemaNode:
    return colander.SchemaNode(colander.String(), name=name, missing="")


class PractitionerQuery(colander.MappingSchema):
    """``lieu``: what was typed; ``commune``: which of several places of that name was then chosen."""

    specialite = colander.SchemaNode(Words(), missing_msg=_WHICH)
    lieu = colander.SchemaNode(colander.String(), missing="")
    commune = colander.SchemaNode(colander.String(), missing="")
    rayon = colander.SchemaNode(
        colander.String(),
        missing=str(DEFAULT_RADIUS),
        validator=colander.OneOf([str(radius) for radius in RADII], msg_err=_RADIUS),
    )
    third_party = _box("tiers-payant")
    network = _box("reseau")
    apres = colander.SchemaNode(NearPlace(), missing=None)


_QUERY = PractitionerQuery()


@dataclass(frozen=True, slots=True)
class AskedPractitioners:
    """``typed``: each field as typed; ``errors``: by field, in page order. What could not be read is its default.

    ``speciality``: the one that the words name; ``proposed``: those they may name, where that is not one.
    """

    is_asked: bool
    typed: dict[str, str]
    sectors: tuple[str, ...]
    errors: dict[str, TranslationString]
    speciality: Speciality | None
    proposed: tuple[Speciality, ...]
    radius: int
    filters: Filters
    after: NearCursor | None


def read_search(query: MultiDict) -> AskedPractitioners:
    """All that can be read of the query; nothing is asked yet without a speciality nor a place in it."""
    good, errors, typed = read_each(_QUERY, query)
    is_asked = any(name in query for name in ("specialite", "lieu", "latitude"))
    speciality: Speciality | None = None
    proposed: tuple[Speciality, ...] = ()
    if "specialite" in errors and typed["specialite"]:
        errors["specialite"] = _LONG
    elif "specialite" not in errors:
        speciality, proposed, why = _speciality(good["specialite"])
        errors |= {"specialite": why} if why else {}
    sectors = tuple(dict.fromkeys(query.getall("secteur")))
    known = frozenset(sectors).intersection(SECTORS)
    if len(known) != len([one for one in sectors if one]):
        errors["secteur"] = _SECTOR
    radius, after = int(good["rayon"]), good["apres"]
    if after and after.distance > radius:
        # Nobody is further on, and the page would say that nobody is there at all.
        errors["apres"], after = _BROKEN, None
    return AskedPractitioners(
        is_asked=is_asked,
        typed=typed | {"rayon": good["rayon"]},
        sectors=tuple(one for one in SECTORS if one in known),
        errors=errors if is_asked else {},
        speciality=speciality,
        proposed=proposed,
        radius=radius,
        filters=Filters(bool(good["tiers-payant"]), bool(good["reseau"]), known),
        after=after,
    )


def _speciality(words: str) -> tuple[Speciality | None, tuple[Speciality, ...], TranslationString | None]:
    """The one that these words name, else those they may, and what is then said. A link names one by its code."""
    table = specialities()
    if words in table.by_code:
        return table.by_code[words], (), None
    found = tuple(table.find(words))
    if len(found) == 1:
        return found[0], (), None
    return None, found, (_SEVERAL if found else _UNKNOWN) % {"words": words[:LONGEST]}
