"""The families of the adviser's questions, in the language of the page."""

from translationstring import TranslationStringFactory

from member_space.domain.faq import Family

_ = TranslationStringFactory("member_space")

FAMILIES = {
    Family.CARD.value: _("Carte de tiers payant"),
    Family.REFUNDS.value: _("Remboursements"),
    Family.NOEMIE.value: _("Télétransmission"),
    Family.QUOTES.value: _("Devis"),
    Family.HOSPITAL.value: _("Hospitalisation"),
    Family.AFFILIATION.value: _("Affiliation"),
    Family.CONTRACT.value: _("Contrat"),
    Family.ACCOUNT.value: _("Mon espace"),
    Family.DIRECTORY.value: _("Professionnels de santé"),
    Family.REQUESTS.value: _("Demandes"),
    Family.HUMAN.value: _("Nous joindre"),
}
