"""The doors of « Activer mon espace », and the steps behind them."""

import re
from datetime import date
from typing import Any

import colander
from translationstring import TranslationStringFactory

from member_space.services.contact_points import read_email

_ = TranslationStringFactory("member_space")

_DAY = re.compile(r"\s*(\d{1,2})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{4})\s*|\s*(\d{2})(\d{2})(\d{4})\s*", re.ASCII)


class Email(colander.SchemaType):
    """An address, in lower case."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        if cstruct is colander.null or not cstruct.strip():
            return colander.null
        try:
            return read_email(cstruct)
        except ValueError:
            words = _("Cette adresse n’est pas complète. Écrivez-la comme nom@exemple.fr.")
            raise colander.Invalid(node, words) from None


class Day(colander.SchemaType):
    """A day as people write it: « 12/04/1985 », « 12.4.1985 », « 12041985 »."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        if cstruct is colander.null or not cstruct.strip():
            return colander.null
        found = _DAY.fullmatch(cstruct)
        try:
            if found is None:
                raise ValueError
            day, month, year = (int(part) for part in found.groups() if part)
            return date(year, month, day)
        except ValueError:
            raise colander.Invalid(node, _("Écrivez le jour, le mois et l’année, comme 12/04/1985.")) from None


def _birth_date(name: str) -> colander.SchemaNode:
    return colander.SchemaNode(Day(), name=name, missing_msg=_("Écrivez votre date de naissance."))


def _squeezed(text: Any) -> Any:
    """Without the spaces and dashes of a card or a letter."""
    return re.sub(r"[\s.\-]", "", text) if isinstance(text, str) else text


class EmailDoor(colander.MappingSchema):
    """``email``: the one given at affiliation."""

    email = colander.SchemaNode(Email(), missing_msg=_("Écrivez votre adresse e-mail."))


class NumberDoor(colander.MappingSchema):
    """``member_number`` and ``birth_date``."""

    member_number = colander.SchemaNode(
        colander.String(),
        preparer=_squeezed,
        validator=colander.Length(
            max=40, max_err=_("Un numéro d’adhérent est plus court. Vérifiez-le sur votre carte.")
        ),
        missing_msg=_("Écrivez votre numéro d’adhérent."),
    )
    birth_date = _birth_date("birth_date")


class LetterDoor(colander.MappingSchema):
    """``letter``: the code of the welcome letter, and ``letter_birth_date``."""

    letter = colander.SchemaNode(
        colander.String(),
        preparer=_squeezed,
        validator=colander.Regex(
            r"[A-Za-z0-9]{10}\Z", msg=_("Le code de la lettre a 10 lettres et chiffres. Recopiez-le en entier.")
        ),
        missing_msg=_("Écrivez le code de la lettre."),
    )
    letter_birth_date = _birth_date("letter_birth_date")


DOORS: dict[str, type[colander.MappingSchema]] = {"email": EmailDoor, "number": NumberDoor, "letter": LetterDoor}


class ChannelForm(colander.MappingSchema):
    """``channel``: sms or email."""

    channel = colander.SchemaNode(
        colander.String(),
        validator=colander.OneOf(("sms", "email"), msg_err=_("Choisissez comment recevoir le code.")),
        missing_msg=_("Choisissez comment recevoir le code."),
    )


class FinishForm(colander.MappingSchema):
    """``terms`` ticked; ``soins`` (ouverts or fermes) where there is a choice to make."""

    terms = colander.SchemaNode(
        colander.String(), missing_msg=_("Cochez la case pour accepter les conditions d’utilisation.")
    )
    soins = colander.SchemaNode(
        colander.String(),
        validator=colander.OneOf(("ouverts", "fermes"), msg_err=_("Choisissez qui peut lire vos soins.")),
        missing_msg=_("Choisissez qui peut lire vos soins."),
    )

    def after_bind(self, node: colander.SchemaNode, kw: dict[str, Any]) -> None:
        if not kw["has_choice"]:
            del node["soins"]
