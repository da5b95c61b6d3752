"""The bank account where one is paid, as people write it (C154)."""

from typing import Any

import colander
from deform.widget import TextInputWidget
from translationstring import TranslationStringFactory

from member_space.forms.contact_change import Line
from member_space.services.iban import IbanProblem, IbanRefused, read_iban

_ = TranslationStringFactory("member_space")

PROBLEMS = {
    IbanProblem.SHAPE: _(
        "Un IBAN commence par deux lettres et deux chiffres, comme FR76, puis des chiffres et des lettres."
    ),
    IbanProblem.COUNTRY: _("Les deux premières lettres, ${country}, ne sont pas celles d’un pays qui a des IBAN."),
    IbanProblem.LENGTH: _(
        "Un IBAN qui commence par ${country} a ${length} caractères : il en manque, ou il y en a en trop."
    ),
    IbanProblem.KEY: _(
        "Un caractère n’est pas le bon : la clé de contrôle ne correspond pas. Recopiez l’IBAN de votre RIB."
    ),
    IbanProblem.NOT_SEPA: _("Nous ne pouvons verser que dans la zone SEPA ; ce compte (${country}) n’y est pas."),
}
_TYPED = {"spellcheck": "false", "autocapitalize": "characters", "autocomplete": "off", "maxlength": "60"}


class IbanType(colander.String):
    """An account that can be paid; the result is a services.iban.Iban."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        if not cstruct or not cstruct.strip():
            return colander.null
        try:
            return read_iban(cstruct)
        except IbanRefused as refusal:
            values = {"country": refusal.country, "length": refusal.length}
            raise colander.Invalid(node, _(PROBLEMS[refusal.problem], mapping=values)) from None


class BankAccountForm(colander.MappingSchema):
    iban = colander.SchemaNode(
        IbanType(),
        title=_("IBAN"),
        description=_("27 caractères en France, sur votre RIB. Les espaces n’y changent rien."),
        widget=TextInputWidget(attributes=_TYPED),
        missing_msg=_("Écrivez l’IBAN du compte."),
    )
    titulaire = colander.SchemaNode(
        Line(),
        title=_("Nom du titulaire du compte"),
        description=_("Comme sur le RIB : « Mme Camille Durand », « M ou Mme Durand »."),
        widget=TextInputWidget(attributes={"autocomplete": "name", "spellcheck": "false"}),
        missing_msg=_("Écrivez le nom du titulaire, comme sur le RIB."),
    )
