"""Who joins a contract, and who leaves it (C38)."""

from datetime import date
from typing import Any

import colander
from deform.widget import RadioChoiceWidget, TextInputWidget
from translationstring import TranslationStringFactory

from member_space.domain.nir import Nir, NirError, NirProblem
from member_space.forms.as_of import Day
from member_space.forms.contact_change import Line
from member_space.forms.request import person_node

_ = TranslationStringFactory("member_space")

RELATIONS = (
    ("spouse", _("Mon conjoint, ma conjointe")),
    ("child", _("Mon enfant, ou celui de mon conjoint")),
    ("other", _("Une autre personne à ma charge")),
)
REASONS = (
    ("separation", _("Une séparation, un divorce")),
    ("own_cover", _("Cette personne a sa propre mutuelle")),
    ("no_more_dependant", _("Cette personne n’est plus à ma charge")),
    ("death", _("Un décès")),
    ("other", _("Un autre motif")),
)
NIR_PROBLEMS = {
    NirProblem.LENGTH: _("Un numéro de sécurité sociale a 13 chiffres, ou 15 avec la clé."),
    NirProblem.FORMAT: _("Ce numéro n’a pas la forme d’un numéro de sécurité sociale : recopiez-le de l’attestation."),
    NirProblem.KEY: _("La clé, les deux derniers chiffres, ne correspond pas au numéro : un chiffre n’est pas le bon."),
}
_DAY = {"inputmode": "numeric", "autocomplete": "off"}


class NirType(colander.String):
    """A social security number; the result is a domain.nir.Nir, and no error repeats what was typed."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        if not cstruct or not cstruct.strip():
            return colander.null
        try:
            return Nir.parse(cstruct)
        except NirError as refused:
            raise colander.Invalid(node, NIR_PROBLEMS[refused.problem]) from None


def _name(name: str, title: Any, missing: Any) -> colander.SchemaNode:
    attributes = {"autocomplete": "off", "spellcheck": "false"}
    return colander.SchemaNode(
        Line(), name=name, title=title, widget=TextInputWidget(attributes=attributes), missing_msg=missing
    )


class PersonForm(colander.MappingSchema):
    """Who is to be covered; a date of birth may be a little ahead of the certificate, never of today."""

    prenom = _name("prenom", _("Prénom"), _("Écrivez le prénom."))
    nom = _name("nom", _("Nom"), _("Écrivez le nom."))
    naissance = colander.SchemaNode(
        Day(),
        title=_("Date de naissance"),
        description=_("Comme 12/03/2026."),
        widget=TextInputWidget(attributes=_DAY),
        missing_msg=_("Écrivez la date de naissance, comme 12/03/2026."),
    )
    lien = colander.SchemaNode(
        colander.String(),
        title=_("Cette personne est"),
        widget=RadioChoiceWidget(values=()),
        missing_msg=_("Dites qui est cette personne pour vous."),
    )
    effet = colander.SchemaNode(
        Day(),
        title=_("À partir de quand ?"),
        description=_("La date de la naissance, du mariage, du PACS… Nous vous confirmons celle du contrat."),
        widget=TextInputWidget(attributes=_DAY),
        missing_msg=_("Écrivez à partir de quand, comme 12/03/2026."),
    )
    nir = colander.SchemaNode(
        NirType(),
        title=_("Numéro de sécurité sociale"),
        description=_("Sur l’attestation de droits. Il reste chiffré chez nous. Un nouveau-né n’en a pas encore."),
        widget=TextInputWidget(attributes={**_DAY, "spellcheck": "false"}),
        missing=None,
    )

    def validator(self, node: colander.SchemaNode, values: dict[str, Any]) -> None:
        """Nobody is covered before he is born."""
        today: date = self.bindings["request"].tools.today()
        refused = colander.Invalid(node)
        if values["naissance"] > today:
            refused["naissance"] = _("Cette date est à venir : écrivez-nous après la naissance.")
        elif values["effet"] < values["naissance"]:
            refused["effet"] = _("Cette date vient avant la naissance : vérifiez les deux.")
        if refused.children:
            raise refused


class RemovalForm(colander.MappingSchema):
    """Who leaves, when and why."""

    personne = person_node(_("Qui voulez-vous retirer ?"))
    depart = colander.SchemaNode(
        Day(),
        title=_("À partir de quand ?"),
        description=_("Le premier jour sans couverture, comme 01/04/2026."),
        widget=TextInputWidget(attributes=_DAY),
        missing_msg=_("Écrivez à partir de quand, comme 01/04/2026."),
    )
    motif = colander.SchemaNode(
        colander.String(),
        title=_("Pourquoi ?"),
        widget=RadioChoiceWidget(values=()),
        missing_msg=_("Choisissez le motif."),
    )
