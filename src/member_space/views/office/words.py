"""The words of the office: roles, permissions, checks, and why something cannot be done."""

from pyramid.request import Request
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.assisted_recovery import Check, Gap, Wish
from member_space.domain.permissions import Permission, Role
from member_space.services.assisted_recovery import State, Why

_ = TranslationStringFactory("member_space")

ROLES: dict[Role, TranslationString] = {
    Role.MEMBER: _("Adhérent"),
    Role.HANDLER: _("Conseiller"),
    Role.SUPERVISOR: _("Responsable"),
    Role.AUDITOR: _("Auditeur"),
    Role.ADMINISTRATOR: _("Administrateur"),
}

ACTS: dict[Permission, TranslationString] = {
    Permission.VIEW_HOME: _("Voir son accueil"),
    Permission.VIEW_CONTRACT: _("Lire son contrat"),
    Permission.VIEW_CARD: _("Lire et télécharger sa carte de tiers payant"),
    Permission.ISSUE_CERTIFICATE: _("Se faire remettre une attestation"),
    Permission.VIEW_BENEFICIARY: _("Lire les bénéficiaires de son contrat"),
    Permission.REVEAL_NIR: _("Afficher un numéro de Sécurité sociale de son contrat"),
    Permission.VIEW_REIMBURSEMENTS: _("Lire ses remboursements"),
    Permission.VIEW_STATEMENT: _("Lire un décompte"),
    Permission.EXPORT_STATEMENT: _("Télécharger un décompte"),
    Permission.ANSWER_CONSENT: _("Répondre à une question de consentement"),
    Permission.EDIT_PRIVACY: _("Choisir qui lit ses soins"),
    Permission.EDIT_PERSONAL_DATA: _("Modifier ses coordonnées et son compte bancaire"),
    Permission.INVITE_BENEFICIARY: _("Inviter un bénéficiaire adulte"),
    Permission.EXERCISE_RIGHTS: _("Exporter ses données, fermer son compte"),
    Permission.VIEW_REQUESTS: _("Lire ses demandes et ses messages"),
    Permission.SEND_REQUEST: _("Envoyer une demande, un message, des fichiers"),
    Permission.VIEW_DIRECTORY: _("Chercher un professionnel de santé"),
    Permission.VIEW_LINK: _("Lire sa télétransmission, par un assistant"),
    Permission.DRAFT_REQUEST: _("Préparer une demande, par un assistant"),
    Permission.VIEW_QUOTE: _("Lire la réponse à un devis, par un assistant"),
    Permission.SIMULATE: _("Estimer un remboursement, par un assistant"),
    Permission.WRITE_MESSAGE: _("Écrire au bureau, par un assistant"),
    Permission.VIEW_CONSENTS: _("Lire les accords donnés, par un assistant"),
    Permission.READ_PUBLIC: _("Lire ce qui n’est à personne, par un assistant"),
    Permission.ASK_ADVISER: _("Poser une question au conseiller virtuel"),
    Permission.EDIT_SECURITY: _("Gérer son mot de passe, ses preuves et ses appareils"),
    Permission.VIEW_OFFICE: _("Entrer dans l’espace du bureau"),
    Permission.VIEW_MEMBER: _("Trouver un adhérent et voir ses coordonnées masquées"),
    Permission.ASK_RECOVERY: _("Demander un code d’accès pour un adhérent"),
    Permission.APPROVE_RECOVERY: _("Accepter la demande d’un collègue"),
    Permission.HANDLE_REQUESTS: _("Lire les demandes des adhérents, y répondre et décider"),
    Permission.MANAGE_ANSWERS: _("Écrire les réponses types de l’équipe"),
    Permission.HOLD_RECORDS: _("Conserver au-delà du terme ce que la loi demande de garder"),
    Permission.EXPORT_COMPLAINTS: _("Exporter le registre des réclamations"),
    Permission.READ_JOURNAL: _("Lire le journal"),
    Permission.MANAGE_OFFICE_ACCOUNTS: _("Gérer les comptes du bureau"),
    Permission.MANAGE_CLIENTS: _("Laisser une application demander des données aux adhérents"),
    Permission.MANAGE_WEBHOOKS: _("Gérer les adresses où les applications sont prévenues"),
}
"""Every permission in words: what `member-space permissions` prints."""

WISHES: dict[Wish, tuple[TranslationString, TranslationString]] = {
    Wish.FACTOR: (
        _("Son téléphone ou son application"),
        _("Il connaît son mot de passe, ou le retrouve par e-mail."),
    ),
    Wish.CONTACTS: (
        _("Son téléphone et sa boîte e-mail à la fois"),
        _("Il choisira un nouveau mot de passe. Un IBAN changé ne sert qu’après 48 heures."),
    ),
}

CHECKS: dict[Check, TranslationString] = {
    Check.CALLED_BACK: _("Je l’ai rappelé au numéro du dossier"),
    Check.BIRTH: _("Date de naissance exacte"),
    Check.CARD: _("Numéro d’adhérent lu sur sa carte"),
    Check.ADDRESS: _("Adresse postale complète"),
    Check.LAST_PAYMENT: _("Date et montant de son dernier virement"),
    Check.IBAN_END: _("Quatre derniers caractères de son IBAN"),
    Check.DOCUMENT: _("Pièce d’identité vue, en agence ou en visio"),
}

REFUSALS: dict[Why, TranslationString] = {
    Why.CHECKS: _("Les vérifications ne suffisent pas encore."),
    Why.WAITING: _("Une demande attend déjà pour cet adhérent : un collègue doit la traiter."),
    Why.CLOSED: _("Ce compte est fermé."),
    Why.OWN: _("Vous avez fait cette demande : un autre collègue doit décider."),
    Why.TOO_NEW: _(
        "Votre compte a moins de 48\N{NO-BREAK SPACE}heures\N{NO-BREAK SPACE}: un collègue plus ancien doit décider."
    ),
    Why.DECIDED: _("Un collègue a déjà décidé."),
    Why.LATE: _("Cette demande a expiré. Vérifiez à nouveau l’identité de l’adhérent et refaites-la."),
    Why.SHOWN: _("Le code a déjà été affiché : il ne l’est qu’une fois. Refaites une demande."),
    Why.NOT_YOURS: _("Seul le collègue qui a fait la demande voit le code."),
}

STATES: dict[State, tuple[str, TranslationString]] = {
    State.WAITING: ("wait", _("Attend un collègue")),
    State.APPROVED: ("good", _("Acceptée")),
    State.SHOWN: ("neutral", _("Code affiché")),
    State.REFUSED: ("bad", _("Refusée")),
    State.LATE: ("neutral", _("Expirée")),
}
"""The tone of the chip, and its words."""


def missing_words(request: Request, missing: Gap) -> TranslationString:
    """What is still to be verified before a member on the telephone is believed."""
    translate = request.localizer.translate
    if missing.needed:
        names = translate(_(" et ")).join(f"« {translate(CHECKS[one])} »" for one in missing.needed)
        return _("Il manque : ${names}.", mapping={"names": names})
    return _("Points encore à vérifier dans la liste : ${n}.", mapping={"n": missing.more})


def sentence(refusal: Exception) -> str:
    """The reason that a service gives, as a sentence of its own."""
    words = str(refusal)
    return f"{words[:1].upper()}{words[1:]}."
