"""What a claim, a quote or a complaint asks, a page at a time."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import colander
from deform.widget import CheckboxWidget, RadioChoiceWidget, TextAreaWidget, TextInputWidget
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.finess import read_finess
from member_space.domain.money import to_decimal_text
from member_space.forms.as_of import Day
from member_space.forms.message import too_long
from member_space.forms.reimbursement_filter import Amount

_ = TranslationStringFactory("member_space")

FUTURE = _("Cette date est à venir : donnez le jour où le soin a eu lieu.")
_TYPED_DAY = {"inputmode": "numeric", "autocomplete": "off"}
Choices = Sequence[tuple[str, str]]


class Text(colander.String):
    """Lines of text as typed, whatever the alphabet."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        text = cstruct.replace("\r\n", "\n").strip() if isinstance(cstruct, str) else cstruct
        problem = too_long(text) if isinstance(text, str) else None
        if problem:
            raise colander.Invalid(node, problem)
        return text or colander.null


class Euros(Amount):
    """An amount, shown again as it is typed."""

    def serialize(self, node: colander.SchemaNode, appstruct: Any) -> Any:  # noqa: ARG002 - colander's
        return colander.null if appstruct is colander.null else to_decimal_text(appstruct, ",")


class Finess(colander.String):
    """The number of an establishment, as on its papers."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        if not cstruct or not cstruct.strip():
            return colander.null
        number = read_finess(cstruct)
        if number is None:
            words = _(
                "Ce numéro FINESS n’est pas le bon : il a 9 caractères, dont le dernier vérifie les autres. "
                "Recopiez-le, ou laissez ce champ vide."
            )
            raise colander.Invalid(node, words)
        return number


class Whole(colander.String):
    """A number of days."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        text = cstruct.strip() if isinstance(cstruct, str) else ""
        if not text:
            return colander.null
        # The length first: a number is not read out of thousands of digits.
        if not (len(text) <= 3 and text.isascii() and text.isdecimal() and 1 <= int(text) <= 365):
            raise colander.Invalid(node, _("Écrivez le nombre de jours en chiffres, de 1 à 365."))
        return int(text)


def positive(node: colander.SchemaNode, value: int) -> None:
    """An amount that was paid."""
    if value <= 0:
        raise colander.Invalid(node, _("Écrivez un montant supérieur à zéro, comme 25 ou 12,50."))


def radio_of(schema: colander.SchemaNode, name: str, choices: Choices) -> None:
    """The choices of a field. `schema` is a clone: the nodes of a class are everybody's."""
    schema[name].widget = RadioChoiceWidget(values=choices)
    schema[name].validator = colander.OneOf(
        [value for value, _label in choices], msg_err=_("Choisissez une des réponses proposées.")
    )
    if len(choices) == 1:
        schema[name].default = choices[0][0]


def person_node(title: TranslationString) -> colander.SchemaNode:
    return colander.SchemaNode(
        colander.String(),
        name="personne",
        title=title,
        widget=RadioChoiceWidget(values=()),
        missing_msg=_("Choisissez une personne."),
    )


class CareDay(colander.MappingSchema):
    """The first question of a claim: whom one may ask for depends on it (C65)."""

    soin_le = colander.SchemaNode(
        Day(),
        title=_("Date du soin"),
        description=_("Celle de la facture, comme 12/03/2026. Pour un séjour, le jour de l’entrée."),
        widget=TextInputWidget(attributes=_TYPED_DAY),
        missing_msg=_("Écrivez la date du soin, comme 12/03/2026."),
    )

    def validator(self, node: colander.SchemaNode, values: dict[str, Any]) -> None:
        """No care of tomorrow was paid."""
        today: date = self.bindings["request"].tools.today()
        if values["soin_le"] > today:
            refused = colander.Invalid(node)
            refused["soin_le"] = FUTURE
            raise refused


class LineForm(colander.MappingSchema):
    """Which line of what was paid."""

    ligne = colander.SchemaNode(
        colander.String(),
        title=_("De quel soin s’agit-il ?"),
        widget=RadioChoiceWidget(values=()),
        missing_msg=_("Choisissez le soin dans la liste."),
    )


class CareForm(colander.MappingSchema):
    """Who, and how much."""

    personne = person_node(_("Pour qui ?"))
    montant = colander.SchemaNode(
        Euros(),
        title=_("Montant payé"),
        description=_("En euros, comme 25 ou 12,50 : le total de la facture."),
        widget=TextInputWidget(attributes={"inputmode": "decimal", "autocomplete": "off"}),
        validator=positive,
        missing_msg=_("Écrivez le montant que vous avez payé, comme 12,50."),
    )
    autre_mutuelle = colander.SchemaNode(
        colander.Boolean(),
        title=_("Une autre mutuelle a déjà payé une partie"),
        description=_("Joignez alors son décompte à la page suivante : elle paie avant nous."),
        widget=CheckboxWidget(),
        missing=False,
    )


def invoice_nodes(schema: colander.SchemaNode, titles: Mapping[str, tuple[str, str]]) -> colander.SchemaNode:
    """A claim's form that asks what was invoiced of each line instead of one amount; `schema` is a clone.

    ``titles``: by field, what the line is and what to write.
    """
    del schema["montant"]
    for name, (title, description) in titles.items():
        node = colander.SchemaNode(
            Euros(),
            name=name,
            title=title,
            description=description,
            widget=TextInputWidget(attributes={"inputmode": "decimal", "autocomplete": "off"}),
            validator=positive,
            missing=None,
        )
        schema.add_before("autre_mutuelle", node)

    def has_amount(node: colander.SchemaNode, values: dict[str, Any]) -> None:
        if not any(values[name] for name in titles):
            refused = colander.Invalid(node)
            refused[next(iter(titles))] = _("Écrivez le montant d’une ligne au moins, tel que sur la facture.")
            raise refused

    schema.validator = has_amount
    return schema


class QuoteForm(colander.MappingSchema):
    """For whom a quote was made."""

    personne = person_node(_("Pour qui est ce devis ?"))


class HospitalForm(colander.MappingSchema):
    """What a guarantee of payment needs: the establishment, the days, the room (C85)."""

    personne = person_node(_("Qui sera hospitalisé ?"))
    etablissement = colander.SchemaNode(
        colander.String(),
        title=_("Nom et ville de l’établissement"),
        widget=TextInputWidget(attributes={"autocomplete": "off"}),
        validator=colander.Length(max=200, max_err=_("Écrivez 200 caractères au plus.")),
        missing_msg=_("Écrivez le nom et la ville de l’établissement."),
    )
    finess = colander.SchemaNode(
        Finess(),
        title=_("Numéro FINESS"),
        description=_("9 caractères, sur les papiers de l’établissement."),
        widget=TextInputWidget(attributes={"autocomplete": "off", "spellcheck": "false"}),
        missing=None,
    )
    entree = colander.SchemaNode(
        Day(),
        title=_("Date d’entrée"),
        description=_("Comme 12/03/2026."),
        widget=TextInputWidget(attributes=_TYPED_DAY),
        missing_msg=_("Écrivez la date d’entrée, comme 12/03/2026."),
    )
    jours = colander.SchemaNode(
        Whole(),
        title=_("Nombre de jours prévus"),
        widget=TextInputWidget(attributes={"inputmode": "numeric", "autocomplete": "off"}),
        missing=None,
    )
    dmt = colander.SchemaNode(
        colander.String(),
        title=_("Code DMT"),
        description=_("Trois chiffres que donne l’établissement : la discipline du séjour."),
        widget=TextInputWidget(attributes={"inputmode": "numeric", "autocomplete": "off"}),
        validator=colander.Regex(r"\A[0-9]{3}\Z", _("Un code DMT a trois chiffres, comme 137.")),
        preparer=lambda text: text.strip() if isinstance(text, str) else text,
        missing=None,
    )
    chambre = colander.SchemaNode(
        colander.Boolean(),
        title=_("Je souhaite une chambre particulière"),
        widget=CheckboxWidget(),
        missing=False,
    )


class WordsForm(colander.MappingSchema):
    """The message; `required` says whether it is what is asked, or a word besides."""

    message = colander.SchemaNode(
        Text(),
        title=_("Message"),
        widget=TextAreaWidget(rows=8),
        missing_msg=_("Écrivez votre message : c’est lui que nous lisons en premier."),
    )
