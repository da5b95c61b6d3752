"""E-mail, telephones and address, as their owner writes them (S-HCR-52)."""

import re
import unicodedata
from typing import Any

import colander
from deform.widget import CheckboxWidget, HiddenWidget, TextInputWidget
from translationstring import TranslationString, TranslationStringFactory

from member_space.services.contact_points import can_get_sms, is_premium, read_email, read_phone, shown_phone

_ = TranslationStringFactory("member_space")

LONGEST = 200
WRONG_EMAIL = _("Écrivez une adresse e-mail complète, comme nom@exemple.fr.")
WRONG_PHONE = _("Écrivez le numéro en entier, comme 06 12 34 56 78, ou +41… à l’étranger.")
NO_SMS = _("Ce numéro ne reçoit pas de SMS. Donnez un numéro de mobile ; un fixe se change à « Téléphone fixe ».")
PREMIUM = _("Ce numéro est surtaxé : donnez un numéro au tarif normal.")
NOT_FRENCH = _("Un code postal français a cinq chiffres. Si cette adresse est à l’étranger, cochez la case plus bas.")
_FRENCH_POSTCODE = re.compile(r"[0-9]{5}", re.ASCII)


def line(text: str) -> str:
    """One line as typed, whatever its alphabet: only what is no text at all goes (tabs, ends of line, controls)."""
    return " ".join("".join(" " if unicodedata.category(one) == "Cc" else one for one in text).split())


class Line(colander.String):
    """A line of text of 200 characters at most."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        text = line(cstruct) if isinstance(cstruct, str) else cstruct
        if isinstance(text, str) and len(text) > LONGEST:
            raise colander.Invalid(node, _("Écrivez ${most} caractères au plus.", mapping={"most": LONGEST}))
        return text or colander.null


class Email(colander.String):
    """An address, in lower case."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        if not cstruct or not cstruct.strip():
            return colander.null
        try:
            return read_email(cstruct)
        except ValueError:
            raise colander.Invalid(node, WRONG_EMAIL) from None


class Phone(colander.String):
    """A number in the international form; with `sms`, one that gets codes."""

    def __init__(self, *, sms: bool = False) -> None:
        super().__init__()
        self._sms = sms

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        if not cstruct or not cstruct.strip():
            return colander.null
        try:
            number = read_phone(cstruct)
        except ValueError:
            raise colander.Invalid(node, WRONG_PHONE) from None
        if is_premium(number):
            raise colander.Invalid(node, PREMIUM)
        if self._sms and not can_get_sms(number):
            raise colander.Invalid(node, NO_SMS)
        return number


def _text(kind: colander.SchemaType, title: TranslationString, autocomplete: str, **values: Any) -> colander.SchemaNode:
    attributes = {"autocomplete": autocomplete} | values.pop("attributes", {})
    return colander.SchemaNode(kind, title=title, widget=TextInputWidget(attributes=attributes), **values)


class EmailForm(colander.MappingSchema):
    email = _text(
        Email(),
        _("Nouvelle adresse e-mail"),
        "email",
        attributes={"type": "email", "inputmode": "email", "spellcheck": "false", "autocapitalize": "none"},
        missing_msg=_("Écrivez votre nouvelle adresse e-mail."),
    )


class MobileForm(colander.MappingSchema):
    mobile = _text(
        Phone(sms=True),
        _("Nouveau numéro de mobile"),
        "tel",
        attributes={"type": "tel", "inputmode": "tel"},
        missing_msg=_("Écrivez votre nouveau numéro de mobile."),
    )


class LandlineForm(colander.MappingSchema):
    """Left empty, the number is removed."""

    fixe = _text(
        Phone(),
        _("Téléphone fixe"),
        "tel",
        attributes={"type": "tel", "inputmode": "tel"},
        description=_("Laissez vide pour le retirer."),
        missing=None,
    )


class AddressForm(colander.MappingSchema):
    """Free text, a French address or any other. ``vu``: the postcode and town that the page has doubted already."""

    ligne1 = _text(
        Line(),
        _("Adresse 1"),
        "address-line1",
        description=_("Numéro et rue."),
        missing_msg=_("Écrivez le numéro et la rue, ou le lieu-dit."),
    )
    ligne2 = _text(
        Line(),
        _("Adresse 2"),
        "address-line2",
        description=_("Bâtiment, étage, « chez… »."),
        missing=None,
    )
    code_postal = _text(Line(), _("Code postal"), "postal-code", missing_msg=NOT_FRENCH)
    ville = _text(
        Line(), _("Ville"), "address-level2", attributes={"list": "communes"}, missing_msg=_("Écrivez la ville.")
    )
    etranger = colander.SchemaNode(
        colander.Boolean(),
        title=_("Cette adresse est à l’étranger"),
        description=_("À l’étranger, écrivez le pays après la ville."),
        widget=CheckboxWidget(),
        missing=False,
    )
    vu = colander.SchemaNode(colander.String(), widget=HiddenWidget(), missing="")

    def after_bind(self, node: colander.SchemaNode, kw: dict[str, Any]) -> None:
        """Many countries have no postcode."""
        if kw["request"].POST.get("etranger"):
            node["code_postal"].missing = None

    def validator(self, node: colander.SchemaNode, values: dict[str, Any]) -> None:
        """A French postcode has five digits, spaces or not; abroad it is whatever it is, or nothing."""
        if values["etranger"]:
            return
        postcode = values["code_postal"].replace(" ", "")
        if not _FRENCH_POSTCODE.fullmatch(postcode):
            refused = colander.Invalid(node)
            refused["code_postal"] = NOT_FRENCH
            raise refused
        values["code_postal"] = postcode


def address_typed(line1: str | None, line2: str | None, postcode: str | None, city: str | None) -> dict[str, Any]:
    """An address that is known, as the form shows it to be changed."""
    return {
        "ligne1": line1 or "",
        "ligne2": line2 or "",
        "code_postal": postcode or "",
        "ville": city or "",
        "etranger": bool(line1) and not _FRENCH_POSTCODE.fullmatch(postcode or ""),
    }


def phone_typed(number: str | None) -> str:
    """A number that is known, as its owner writes it."""
    return shown_phone(number).replace("\N{NO-BREAK SPACE}", " ") if number else ""
