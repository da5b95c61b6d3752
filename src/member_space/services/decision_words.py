"""A decision in a member's words: each reason said plainly, with what he can do about it (C79)."""

from dataclasses import dataclass

from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.decision import Reason
from member_space.domain.request import Outcome, RequestKind

_ = TranslationStringFactory("member_space")


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """``name``: as the office picks it; ``told``: what the member reads; ``next_step``: what he can do, ``of_quote``:
    what he can where he sent a quote, None: the same."""

    name: TranslationString
    told: TranslationString
    next_step: TranslationString
    of_quote: TranslationString | None = None

    def next_step_of(self, kind: str) -> TranslationString:
        """What the sender of a request of this kind can do."""
        return self.of_quote if self.of_quote is not None and kind == RequestKind.QUOTE else self.next_step


REASONS: dict[Reason, ReasonWords] = {
    Reason.WAITING_PERIOD: ReasonWords(
        _("Délai d’attente"),
        _("Votre contrat ne couvre pas encore ce soin à cette date : un délai d’attente court depuis votre adhésion."),
        _("La fin de ce délai figure dans votre contrat, rubrique « Situation ». Les soins suivants seront couverts."),
    ),
    Reason.NOT_COVERED: ReasonWords(
        _("Soin non couvert"),
        _("Ce soin ne fait pas partie des garanties de votre contrat."),
        _("Vos garanties sont dans « Situation ». Pour en changer, écrivez-nous : nous dirons ce qui est possible."),
    ),
    Reason.CAP_REACHED: ReasonWords(
        _("Plafond atteint"),
        _("Le plafond que votre contrat prévoit pour ce soin sur cette période est atteint."),
        _("Il se renouvelle à la date indiquée dans vos garanties. Rien d’autre n’est à faire."),
    ),
    Reason.CONTRACT_RATE: ReasonWords(
        _("Niveau de garantie"),
        _("Nous payons ce que votre formule prévoit pour ce soin ; le prix demandé est plus élevé."),
        _("Avant un soin cher, envoyez-nous le devis : nous vous disons ce qui restera à payer."),
        _("Un autre professionnel demande peut-être moins : envoyez-nous aussi son devis, pour comparer."),
    ),
    Reason.RENEWAL_TOO_EARLY: ReasonWords(
        _("Renouvellement trop tôt"),
        _("Cet équipement est couvert une fois par période, et le précédent est trop récent."),
        _("Si votre vue ou votre état a changé, envoyez-nous une ordonnance qui le dit : nous regarderons à nouveau."),
    ),
    Reason.LEGAL_LIMITS: ReasonWords(
        _("Limites de la loi"),
        _("La loi plafonne ce qu’un contrat responsable peut rembourser, et ce montant dépasse ce plafond."),
        _("Un professionnel qui pratique des tarifs maîtrisés vous laisse moins à payer."),
    ),
    Reason.ALWAYS_YOURS: ReasonWords(
        _("Participation ou franchise"),
        _("La participation forfaitaire et les franchises restent toujours à votre charge, quel que soit le contrat."),
        _("Rien n’est à faire : c’est la même règle pour tous."),
    ),
    Reason.COSTS_EXCEEDED: ReasonWords(
        _("Plus que les frais"),
        _("Le total de vos remboursements ne peut pas dépasser ce que vous avez payé."),
        _("Le détail de chaque part figure sur votre décompte."),
    ),
    Reason.OUT_OF_RIGHTS: ReasonWords(
        _("Hors des droits"),
        _("Le jour de ce soin, votre contrat ne couvrait pas cette personne."),
        _("Si elle aurait dû l’être, envoyez-nous le justificatif dans « Démarches », rubrique des bénéficiaires."),
    ),
    Reason.WRONG_BENEFICIARY: ReasonWords(
        _("Autre bénéficiaire"),
        _("Le document est au nom d’une autre personne que celle de la demande."),
        _("Refaites la demande pour la bonne personne, avec la même facture."),
    ),
    Reason.DUPLICATE: ReasonWords(
        _("Déjà demandé"),
        _("Ce soin figure déjà dans une autre de vos demandes."),
        _("Suivez l’autre demande : vous aurez une seule réponse, et rien n’est perdu."),
    ),
    Reason.ALREADY_PAID: ReasonWords(
        _("Déjà remboursé"),
        _("Nous vous avons déjà remboursé ce soin."),
        _("Le décompte est dans « Remboursements ». S’il vous manque un virement, répondez à ce message."),
    ),
    Reason.PAID_TO_PROFESSIONAL: ReasonWords(
        _("Payé au professionnel"),
        _("Nous avons payé notre part directement au professionnel de santé (tiers payant)."),
        _("Si vous lui avez payé cette part, demandez-lui de vous la rendre avec ce message."),
    ),
    Reason.FUND_FIRST: ReasonWords(
        _("La caisse d’abord"),
        _("Votre caisse d’assurance maladie n’a pas encore traité ce soin : elle paie avant nous."),
        _("Envoyez la feuille de soins à votre caisse. Sa réponse nous arrive seule avec la télétransmission."),
    ),
    Reason.FUND_REFUSED: ReasonWords(
        _("Refusé par la caisse"),
        _("Votre caisse d’assurance maladie a refusé ce soin, et votre contrat suit sa décision."),
        _("Vous pouvez contester auprès de votre caisse, dans les deux mois. Si elle change d’avis, écrivez-nous."),
    ),
    Reason.OTHER_INSURER_FIRST: ReasonWords(
        _("L’autre mutuelle d’abord"),
        _("Une autre mutuelle vous couvre et doit payer avant nous."),
        _("Envoyez-nous son décompte : nous compléterons."),
    ),
    Reason.INVOICE_NOT_PAID: ReasonWords(
        _("Facture non acquittée"),
        _("La facture ne porte pas la preuve que vous l’avez payée."),
        _("Demandez au professionnel d’y écrire « acquittée », avec la date, et renvoyez-la."),
    ),
    Reason.PIECE_UNREADABLE: ReasonWords(
        _("Pièce illisible"),
        _("Le document reçu ne se lit pas : il est flou, coupé ou trop sombre."),
        _("Photographiez-le à plat, en pleine lumière, les quatre coins visibles, et renvoyez-le."),
    ),
    Reason.PIECE_INCOMPLETE: ReasonWords(
        _("Pièce incomplète"),
        _("Il manque sur le document le nom du patient, la date, la nature des soins ou le prix."),
        _("Demandez au professionnel un document complet et renvoyez-le."),
    ),
    Reason.PIECE_MISSING: ReasonWords(
        _("Pièce manquante"),
        _("Un document nécessaire ne nous est pas parvenu."),
        _("Envoyez-le dans « Démarches » : nous reprendrons votre demande."),
    ),
    Reason.PIECE_MISMATCH: ReasonWords(
        _("Pièce qui ne correspond pas"),
        _("Le document ne correspond pas au soin demandé : la date ou le montant est autre."),
        _("Vérifiez la date et le montant, puis refaites la demande avec la bonne facture."),
    ),
    Reason.NO_PRESCRIPTION: ReasonWords(
        _("Sans ordonnance"),
        _("Ce soin n’est remboursé que sur ordonnance, et nous n’en avons pas d’antérieure au soin."),
        _("Si un médecin l’avait prescrit, envoyez-nous l’ordonnance."),
    ),
    Reason.NOT_APPROVED: ReasonWords(
        _("Professionnel ou produit non reconnu"),
        _("Ce professionnel ou ce produit ne figure pas dans les listes que votre contrat rembourse."),
        _("Avant le prochain soin, demandez-nous si le professionnel choisi est reconnu."),
    ),
    Reason.TOO_OLD: ReasonWords(
        _("Demande trop tardive"),
        _("Un remboursement se demande dans les deux ans qui suivent le soin ou le décompte de votre caisse."),
        _("Si vous aviez écrit avant, répondez à ce message avec la preuve de votre envoi."),
    ),
    Reason.CONDITIONS_NOT_MET: ReasonWords(
        _("Conditions non remplies"),
        _("Les conditions que votre contrat fixe pour cette demande ne sont pas remplies."),
        _("Répondez à ce message si votre situation a changé, avec le justificatif."),
    ),
}

OPENINGS: dict[Outcome, TranslationString] = {
    Outcome.ACCEPTED: _("Votre demande est acceptée."),
    Outcome.PARTIAL: _("Votre demande est acceptée en partie."),
    Outcome.REFUSED: _("Votre demande n’est pas acceptée."),
}
"""How the letter of a decision begins."""
