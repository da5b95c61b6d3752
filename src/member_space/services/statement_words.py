"""The words of a statement, the same on the page, in the PDF and in the CSV; French is the msgid.

None holds a percent sign: Jinja2 formats what it translates.
"""

from dataclasses import dataclass
from typing import Any

from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.reimbursement import ZeroReason

_ = TranslationStringFactory("member_space")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a statement: the attribute of CareLine, its title, its kind, and its one line of explanation.

    ``why_zero``: the attribute that says why it is 0; a 0 without a reason is shown as nothing, never as « 0 € ».
    """

    name: str
    title: TranslationString
    kind: str
    gloss: TranslationString | None = None
    why_zero: str | None = None

    def shown(self, value: Any) -> Any:
        """The value to show, None for nothing."""
        return None if value == 0 and self.kind == "money" and not self.why_zero else value


COLUMNS = (
    Column("care_date", _("Date des soins"), "date"),
    Column("person_name", _("Personne"), "text"),
    Column("act_code", _("Acte"), "text", _("le code du soin, tel que le professionnel l’a facturé.")),
    Column("quantity", _("Quantité"), "number"),
    Column("fee", _("Frais réels"), "money", _("ce que le professionnel a facturé.")),
    Column(
        "base",
        _("Base"),
        "money",
        _("le tarif sur lequel l’Assurance Maladie calcule sa part ; il est parfois plus bas que le prix payé."),
    ),
    Column("amo_rate", _("Taux"), "rate", _("la part de la base que l’Assurance Maladie rembourse.")),
    Column("amo_gross", _("Sécu avant retenues"), "money", _("la base multipliée par le taux.")),
    Column(
        "participation",
        _("Participation"),
        "money",
        _(
            "somme fixe que l’Assurance Maladie retient sur chaque consultation, analyse ou radio ; aucune mutuelle "
            "responsable ne peut la rembourser."
        ),
    ),
    Column(
        "franchise",
        _("Franchise"),
        "money",
        _(
            "somme fixe que l’Assurance Maladie retient sur chaque boîte de médicament, soin d’auxiliaire médical ou "
            "transport ; aucune mutuelle responsable ne peut la rembourser."
        ),
    ),
    Column(
        "deferred",
        _("Retenue reportée"),
        "money",
        _(
            "la part des retenues que l’Assurance Maladie prendra sur un prochain remboursement ; avec un signe moins, "
            "celle qu’elle reprend ici."
        ),
    ),
    Column(
        "amo_net",
        _("Sécu"),
        "money",
        _("ce que l’Assurance Maladie a payé : avant retenues, moins les retenues."),
        "fund_because",
    ),
    Column("other_insurer", _("Autre mutuelle"), "money", _("ce qu’une autre complémentaire a payé avant nous.")),
    Column("our_share", _("Notre part"), "money", _("ce que nous avons payé."), "because"),
    Column("member_share", _("Reste à charge"), "money", _("ce qui n’est remboursé par personne."), "rest_because"),
)

CLOSED_CARE = _("Soin d’un autre adulte")
CLOSED_BECAUSE = _("Raison connue de la seule personne soignée.")
CLOSED_NOTE = _(
    "La nature des soins d’un autre adulte lui appartient : vous voyez les montants, et lui seul le détail. "
    "Il peut vous l’ouvrir depuis son espace."
)

BECAUSE = {
    ZeroReason.FREE_OF_CHARGE: _("Rien n’a été facturé."),
    ZeroReason.OUT_OF_RIGHTS: _("Votre contrat ne couvrait pas le jour des soins."),
    ZeroReason.PAID_BY_FUND: _("La Sécu a tout payé."),
    ZeroReason.ONLY_DEDUCTIONS_LEFT: _("Il ne reste que des retenues, qu’aucune mutuelle responsable ne rembourse."),
    ZeroReason.PAID_BY_OTHER_INSURER: _("Une autre mutuelle a payé avant nous."),
    ZeroReason.LOW_VALUE_DRUG: _("Médicament peu remboursé par la Sécu : votre contrat ne le complète pas."),
    ZeroReason.THERMAL_CURE: _("Votre contrat ne prévoit pas les cures thermales."),
    ZeroReason.CAP_REACHED: _("Le plafond de votre contrat pour ce soin est atteint."),
    ZeroReason.NOT_REIMBURSED_BY_FUND: _("Ni la Sécu ni votre contrat ne remboursent ce soin."),
    ZeroReason.ONLY_EXCESS_LEFT: _("Il ne reste qu’un dépassement d’honoraires, hors de votre contrat."),
    ZeroReason.NOT_COVERED: _("Votre contrat ne prévoit rien pour ce soin."),
}
NOT_OF_THE_FUND = _("La Sécu ne rembourse pas ce soin.")
ALL_DEDUCTED = _("Les retenues ont pris tout le remboursement.")
ALL_PAID = _("Tout est remboursé.")
NOTHING_CHARGED = BECAUSE[ZeroReason.FREE_OF_CHARGE]


def why_ours_is_zero(zero_reason: str | None) -> TranslationString:
    """The line under « 0 € » for our share."""
    return BECAUSE[ZeroReason(zero_reason) if zero_reason in set(ZeroReason) else ZeroReason.NOT_COVERED]
