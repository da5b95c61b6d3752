"""The sentences of the engine's steps, by rule; French is the msgid. Values are shown in the reader's language."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.guarantee import CapPeriod
from member_space.domain.money import NO_BREAK_SPACE, Money, format_money, format_rate
from member_space.domain.reimbursement_steps import Part, Rule, Step, total_of
from member_space.services.line_replay import Verdict
from member_space.services.statement_words import why_ours_is_zero
from member_space.services.translation import Translate

_ = TranslationStringFactory("member_space")

SENTENCES = {
    Rule.FEE: _("Le professionnel a facturé ${fee}."),
    Rule.BASE: _("La Sécu calcule sa part sur une base de ${base}, celle du jour du soin."),
    Rule.NOT_REFUNDED: _("0 € parce que la Sécu ne rembourse pas ce soin."),
    Rule.NOT_CHARGED: _("0 € parce que rien n’a été facturé."),
    Rule.COUNT_REACHED: _("0 € parce que la Sécu rembourse ce soin ${count} fois par an, et que c’est déjà fait."),
    Rule.ALL_DEDUCTED: _("0 € parce que les retenues ont pris tout le remboursement."),
    Rule.RATE: _("Pour ce soin, elle rembourse ${rate} de cette base."),
    Rule.RATE_EXEMPT: _("Pour cette personne, elle rembourse ${rate} de cette base."),
    Rule.RATE_LOCAL: _("Au régime local d’Alsace-Moselle, elle rembourse ${rate} de cette base."),
    Rule.OUT_OF_PATHWAY: _("Hors du parcours de soins, elle rembourse ${rate} de cette base au lieu de ${usual}."),
    Rule.GROSS: _("Cela fait ${gross}."),
    Rule.HEAVY_COPAYMENT: _("Sur un acte lourd, une participation fixe de ${flat} remplace le ticket modérateur."),
    Rule.EXEMPT: _("Aucune retenue : la personne en est dispensée."),
    Rule.PARTICIPATION: _("Elle retient ${kept} de participation forfaitaire."),
    Rule.FRANCHISE: _("Elle retient ${kept} de franchise."),
    Rule.DEDUCTION_CAPPED: _("Le plafond des retenues est atteint : elle garde ${kept} au lieu de ${wanted}."),
    Rule.DEFERRED: _(
        "Elle ne peut pas retenir plus qu’elle ne rembourse : ${amount} seront repris sur un prochain remboursement."
    ),
    Rule.RECOVERED: _("Elle reprend ici ${amount} de retenues d’un remboursement précédent."),
    Rule.TOLD_BY_FUND: _("Elle a compté ${gross} avant retenues."),
    Rule.OTHER_INSURER: _("Une autre mutuelle a payé ${amount} avant nous."),
    Rule.PERCENT: _(
        "« ${label} » : ${rate} de la base, part de la Sécu comprise. ${rate} de ${base} moins ${start}, cela fait "
        "${amount}."
    ),
    Rule.PERCENT_WITHOUT_OPTAM: _(
        "« ${label} » : ${rate} de la base, part de la Sécu comprise, car le médecin n’a pas signé l’accord qui modère "
        "les dépassements (OPTAM). ${rate} de ${base} moins ${start}, cela fait ${amount}."
    ),
    Rule.LUMP_SUM: _("« ${label} » : ${unit}, ${quantity} fois."),
    Rule.LUMP_SUM_YEAR: _("« ${label} » : ${unit} par an ; il en restait ${amount} en ${year}."),
    Rule.FEE_PERCENT: _("« ${label} » : ${rate} de ce qui a été facturé, part de la Sécu comprise."),
    Rule.FULL_COST: _("« ${label} » : frais réels, soit tout ce que la Sécu ne paie pas, ${amount}."),
    Rule.GLASSES: _("« ${label} » : jusqu’à ${ceiling} pour la paire, part de la Sécu comprise."),
    Rule.LEGAL_MINIMUM: _("Un contrat responsable paie au moins le ticket modérateur, ${owed}."),
    Rule.DAILY_CHARGE: _("Un contrat responsable paie en entier le forfait de l’hôpital, ${owed}."),
    Rule.LEFT_TO_PAY: _("Nous ne payons jamais plus que ce qui reste à payer, ${left}."),
    Rule.PRICE_LIMIT: _(
        "Le prix dépasse la limite fixée pour ce soin, ${limit} : ce qui la dépasse n’est pas couvert."
    ),
    Rule.LIMIT_WITHOUT_OPTAM: _(
        "Le médecin n’a pas signé l’accord qui modère les dépassements (OPTAM) : le total ne peut dépasser ${rate} de "
        "la base, ${ceiling}."
    ),
    Rule.LIMIT_GLASSES: _("La loi limite le remboursement de cette paire à ${ceiling}, part de la Sécu comprise."),
    Rule.LIMIT_HEARING: _(
        "La loi limite le remboursement de ces aides auditives à ${ceiling}, part de la Sécu comprise."
    ),
    Rule.RENEWAL: _("Un équipement a déjà été remboursé depuis moins de ${months} mois : seul le minimum est dû."),
    Rule.CAP_COUNT: _("Le contrat paie ${count} fois ${period} ; c’est déjà fait."),
    Rule.CAP_AMOUNT: _("Le contrat paie au plus ${cap} ${period} ; il restait ${left}."),
    Rule.PAID_AS_STORED: _("Nous avons payé ${amount}."),
    Rule.REST_DEDUCTION: _("Les retenues de la Sécu, qu’aucun contrat responsable ne rembourse."),
    Rule.REST_PATHWAY: _(
        "Ce que la Sécu ne paie pas hors du parcours de soins ; un contrat responsable ne le rembourse pas."
    ),
    Rule.REST_EXCESS: _("Ce qui dépasse la base de la Sécu et que votre garantie ne couvre pas."),
    Rule.REST_UNCOVERED: _("Ce que votre garantie ne couvre pas."),
    Rule.NOTHING_LEFT: _("0 € parce que tout est remboursé."),
}
ONE_LUMP_SUM = _("« ${label} » : un forfait de ${unit}.")
ZERO = _("0 € parce que : ${because}")
PERIODS = {
    CapPeriod.SESSION: _("par séance"),
    CapPeriod.DAY: _("par jour"),
    CapPeriod.CIVIL_YEAR: _("par année civile"),
    CapPeriod.TWO_YEARS: _("sur deux ans"),
    CapPeriod.FOUR_YEARS: _("sur quatre ans"),
    CapPeriod.RENEWAL: _("entre deux renouvellements"),
}
PARTS = {
    Part.FEE: _("Le prix"),
    Part.FUND: _("La Sécu"),
    Part.OTHER: _("L’autre mutuelle"),
    Part.OURS: _("Notre part"),
    Part.REST: _("Ce qui reste à payer"),
}
LAW = _("Code de la sécurité sociale, article ${article}")
ARTICLE = _("Article ${article} de votre contrat")
NOTICES = {
    Verdict.DECIDED: _("Un conseiller a étudié votre demande : le montant est celui de sa décision."),
    Verdict.CANCELLED: _(
        "Cette ligne annule un remboursement : chaque montant est l’opposé de celui qui avait été compté."
    ),
    Verdict.ADJUSTED: _("Cette ligne est une régularisation : aucun soin n’y est facturé."),
    Verdict.OUT_OF_RIGHTS: _("Votre contrat ne couvrait pas le jour des soins."),
    Verdict.NO_TABLE: _(
        "Le tableau de garanties de ce jour-là n’est pas dans votre espace : voici ce qui a été payé, sans le calcul "
        "de notre part."
    ),
    Verdict.NOT_KNOWN: _(
        "Ce décompte ne dit pas tout ce qu’il faut pour refaire le calcul de notre part : voici ce qui a été payé."
    ),
    Verdict.UNEXPLAINED: _(
        "Notre calcul ne retrouve pas ce montant. Ce qui a été payé fait foi ; posez-nous la question, nous "
        "regarderons cette ligne avec vous."
    ),
}
"""What is said above the steps when the engine does not find the line."""

RATES = frozenset({"rate", "usual"})
NUMBERS = frozenset({"quantity", "count", "months", "year"})


class SaidStep(NamedTuple):
    """A step in words; ``source``: where its rule is written; ``amount``: what it adds to its part, in cents."""

    words: str
    source: str | None
    amount: Money


class SaidPart(NamedTuple):
    """Who pays a part, how much in cents, and its steps; ``title`` is to translate."""

    name: str
    title: TranslationString
    amount: Money
    steps: tuple[SaidStep, ...]


def said_parts(steps: Sequence[Step], translate: Translate, language: str) -> Iterator[SaidPart]:
    """The price, then each part that pays it, what is left last; the other insurer's only when it pays."""
    for part in Part:
        amount = total_of(steps, part)
        if part is not Part.OTHER or amount:
            said = (
                SaidStep(sentence(step, translate, language), source(step, translate), step.amount)
                for step in steps
                if step.part is part
            )
            yield SaidPart(part.value, PARTS[part], amount, tuple(said))


def sentence(step: Step, translate: Translate, language: str) -> str:
    """The step in words, in this language."""
    if step.rule is Rule.ZERO:
        because = translate(why_ours_is_zero(step.values["reason"]))
        return translate(ZERO % {"because": because[0].lower() + because[1:]})
    words = SENTENCES[step.rule]
    if step.rule is Rule.LUMP_SUM and step.values["quantity"] == 1:
        words = ONE_LUMP_SUM
    return translate(words % {name: _shown(name, value, translate, language) for name, value in step.values.items()})


def source(step: Step, translate: Translate) -> str | None:
    """Where the rule is written; None for a plain fact."""
    if step.article:
        return translate(ARTICLE % {"article": step.article})
    return translate(LAW % {"article": step.law.replace(" ", NO_BREAK_SPACE)}) if step.law else None


def _shown(name: str, value: Any, translate: Translate, language: str) -> str:
    if name == "period":
        return translate(PERIODS[CapPeriod(value)])
    if name in RATES:
        return format_rate(value, language)
    if isinstance(value, int) and name not in NUMBERS:
        return format_money(value, language)
    return str(value)
