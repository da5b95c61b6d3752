"""The words written beforehand for a leak of data: what each kind is, and what its owner can do."""

from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.breach import Leaked

_ = TranslationStringFactory("member_space")

WHAT: dict[Leaked, TranslationString] = {
    Leaked.IDENTITY: _("Nom, prénom, date de naissance"),
    Leaked.CONTACTS: _("Adresse e-mail, téléphone, adresse postale"),
    Leaked.NIR: _("Numéro de Sécurité sociale"),
    Leaked.BANK_ACCOUNT: _("Compte bancaire (IBAN)"),
    Leaked.CONTRACT: _("Contrat, numéro d’adhérent, garanties"),
    Leaked.CARE: _("Soins et remboursements"),
    Leaked.DOCUMENTS: _("Documents et messages que vous nous avez envoyés"),
    Leaked.PASSWORD: _("Mot de passe, sous une forme illisible"),
}

_CALLS = _(
    "Méfiez-vous des appels, SMS et e-mails qui parlent de votre mutuelle ou d’un remboursement : nous ne demandons "
    "jamais un mot de passe, un code ni un numéro de carte."
)
_BANK = _(
    "Surveillez votre compte bancaire : un prélèvement que vous n’avez pas accepté se conteste auprès de votre banque "
    "pendant 13 mois, et vous est remboursé."
)
_IDENTITY = _(
    "Si quelqu’un se fait passer pour vous, déposez plainte, et signalez-le sur cybermalveillance.gouv.fr, qui vous "
    "dira quoi faire."
)
_NIR = _(
    "Votre numéro de Sécurité sociale ne donne à lui seul accès à rien. Regardez de temps en temps vos remboursements "
    "sur ameli.fr, et signalez un soin que vous n’avez pas reçu."
)
_CARE = _("Personne n’a le droit de vous demander un service ou de l’argent pour taire vos soins : déposez plainte.")
_PASSWORD = _("Changez votre mot de passe ici, et partout où vous utilisez le même.")

WHAT_TO_DO: dict[Leaked, tuple[TranslationString, ...]] = {
    Leaked.IDENTITY: (_CALLS, _IDENTITY),
    Leaked.CONTACTS: (_CALLS,),
    Leaked.NIR: (_CALLS, _IDENTITY, _NIR),
    Leaked.BANK_ACCOUNT: (_BANK, _CALLS),
    Leaked.CONTRACT: (_CALLS,),
    Leaked.CARE: (_CARE, _CALLS),
    Leaked.DOCUMENTS: (_CALLS, _IDENTITY),
    Leaked.PASSWORD: (_PASSWORD, _CALLS),
}
"""In the order of the page; what two kinds share is said once."""
