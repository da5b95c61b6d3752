"""The journal in words: every kind of fact, and those of its details that tell nothing of anybody."""

from typing import Any

from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.data_change import DataKind
from member_space.domain.events import EventKind
from member_space.services.challenge import Purpose
from member_space.services.consent import Purpose as ConsentPurpose
from member_space.services.reading_list import WHAT
from member_space.services.second_factor import Factor
from member_space.views.office.words import ROLES, WISHES

_ = TranslationStringFactory("member_space")

KINDS: dict[EventKind, TranslationString] = {
    EventKind.ACCOUNT_CREATED: _("Compte ouvert"),
    EventKind.ACCOUNT_SIGNED_IN: _("Connexion"),
    EventKind.ACCOUNT_SIGN_IN_FAILED: _("Connexion refusée"),
    EventKind.ACCOUNT_SIGNED_OUT: _("Déconnexion"),
    EventKind.ACCOUNT_ACTIVATED: _("Compte activé"),
    EventKind.ACCOUNT_CLOSING_ASKED: _("Fermeture du compte demandée"),
    EventKind.ACCOUNT_CLOSING_CANCELLED: _("Fermeture du compte annulée"),
    EventKind.ACCOUNT_CLOSED: _("Compte fermé"),
    EventKind.ACCOUNT_ROLE_CHANGED: _("Rôle changé"),
    EventKind.ACCOUNT_TEAM_CHANGED: _("Équipe changée"),
    EventKind.ACCOUNT_SKILLS_CHANGED: _("Files changées"),
    EventKind.TERMS_ACCEPTED: _("Conditions d’utilisation acceptées"),
    EventKind.INVITATION_SENT: _("Invitation envoyée"),
    EventKind.LETTER_WRITTEN: _("Lettre d’accueil écrite"),
    EventKind.CODE_SENT: _("Code envoyé"),
    EventKind.CODE_REFUSED: _("Code refusé"),
    EventKind.CODE_PASSED: _("Code accepté"),
    EventKind.PASSWORD_CHANGED: _("Mot de passe changé"),
    EventKind.PASSWORD_RESET: _("Mot de passe oublié, remplacé"),
    EventKind.FACTOR_ADDED: _("Seconde preuve ajoutée"),
    EventKind.FACTOR_REMOVED: _("Seconde preuve retirée"),
    EventKind.RECOVERY_CODES_DRAWN: _("Codes de secours créés"),
    EventKind.RECOVERY_CODE_USED: _("Code de secours utilisé"),
    EventKind.RECOVERY_ASKED: _("Code d’accès demandé pour un adhérent"),
    EventKind.RECOVERY_APPROVED: _("Code d’accès accordé"),
    EventKind.RECOVERY_REFUSED: _("Code d’accès refusé par un collègue"),
    EventKind.RECOVERY_USED: _("Code d’accès utilisé"),
    EventKind.IDENTITY_LINKED: _("Identité externe liée"),
    EventKind.DEVICE_ADDED: _("Appareil ajouté"),
    EventKind.DEVICE_REVOKED: _("Appareil retiré"),
    EventKind.DEVICE_DISOWNED: _("« Ce n’est pas moi » répondu"),
    EventKind.SESSION_REVOKED: _("Session fermée à distance"),
    EventKind.PERSONAL_DATA_CHANGED: _("Coordonnées changées"),
    EventKind.PERSONAL_DATA_RESTORED: _("Coordonnées rétablies"),
    EventKind.BANK_ACCOUNT_ASKED: _("Changement de compte bancaire demandé"),
    EventKind.BANK_ACCOUNT_IN_USE: _("Compte bancaire mis en service"),
    EventKind.BANK_ACCOUNT_CANCELLED: _("Changement de compte bancaire annulé"),
    EventKind.PAYMENTS_FROZEN: _("Virements suspendus"),
    EventKind.PAYMENTS_RELEASED: _("Virements repris"),
    EventKind.API_CLIENT_ADDED: _("Application autorisée à se présenter"),
    EventKind.API_CLIENT_SECRET_ROTATED: _("Secret d’une application remplacé"),
    EventKind.API_CLIENT_CLOSED: _("Application fermée"),
    EventKind.API_ACCESS_GRANTED: _("Accès donné à une application"),
    EventKind.API_ACCESS_REVOKED: _("Accès d’une application retiré"),
    EventKind.API_ACCESS_EXCHANGED: _("Accès d’une application passé à un assistant"),
    EventKind.API_ACCESS_STOLEN: _("Accès arrêté\N{NO-BREAK SPACE}: un code ou un jeton a servi deux fois"),
    EventKind.PERSONAL_TOKEN_MADE: _("Jeton personnel créé"),
    EventKind.PREFERENCES_CHANGED: _("Préférences de notification changées"),
    EventKind.DATA_READ: _("Données d’une autre personne lues"),
    EventKind.JOURNAL_READ: _("Journal lu"),
    EventKind.EXPORT_ASKED: _("Copie des données demandée"),
    EventKind.EXPORT_DOWNLOADED: _("Copie des données téléchargée"),
    EventKind.RETENTION_APPLIED: _("Données arrivées à leur terme effacées"),
    EventKind.NIR_REVEALED: _("Numéro de Sécurité sociale affiché"),
    EventKind.CERTIFICATE_ISSUED: _("Attestation émise"),
    EventKind.CERTIFICATE_REVOKED: _("Attestation retirée"),
    EventKind.CARD_DOWNLOADED: _("Carte de tiers payant téléchargée"),
    EventKind.REIMBURSEMENTS_EXPORTED: _("Remboursements téléchargés"),
    EventKind.CARD_SENT: _("Carte de tiers payant envoyée à un professionnel"),
    EventKind.CARD_OPENED: _("Carte de tiers payant ouverte par le lien envoyé"),
    EventKind.CARD_TAKEN_BACK: _("Lien vers la carte de tiers payant repris"),
    EventKind.STATEMENT_EXPORTED: _("Décompte téléchargé"),
    EventKind.PRIVACY_CHANGED: _("Confidentialité des soins changée"),
    EventKind.CONSENT_ANSWERED: _("Réponse à une question de consentement"),
    EventKind.BREACH_DECLARED: _("Fuite de données déclarée à l’adhérent"),
    EventKind.BREACH_READ: _("Page d’une fuite de données lue"),
    EventKind.REQUEST_DRAFTED: _("Demande préparée par un assistant"),
    EventKind.REQUEST_MOVED: _("Demande passée d’un état à un autre"),
    EventKind.REQUEST_RATED: _("Réponse notée par l’adhérent"),
    EventKind.LEGAL_HOLD_PUT: _("Conservation légale posée"),
    EventKind.LEGAL_HOLD_LIFTED: _("Conservation légale levée"),
    EventKind.MESSAGE_SENT: _("Message envoyé"),
    EventKind.NOTE_WRITTEN: _("Note interne écrite"),
    EventKind.ATTACHMENT_ADDED: _("Fichier ajouté"),
    EventKind.ATTACHMENT_REMOVED: _("Fichier retiré"),
    EventKind.ATTACHMENT_REFUSED: _("Fichier refusé"),
    EventKind.ATTACHMENT_OPENED: _("Fichier ouvert"),
    EventKind.WEBHOOK_CHANGED: _("Adresse d’une application changée"),
    EventKind.COMPLAINTS_EXPORTED: _("Registre des réclamations exporté"),
    EventKind.CANNED_ANSWER_CHANGED: _("Réponse type changée"),
    EventKind.FAQ_CHANGED: _("Réponse du conseiller virtuel changée"),
    EventKind.NOEMIE_FILE_IMPORTED: _("Fichier des caisses reçu"),
    EventKind.NOEMIE_FILE_WRITTEN: _("Fichier des caisses écrit"),
    EventKind.STATEMENTS_IMPORTED: _("Décomptes importés"),
    EventKind.HOUSEHOLDS_IMPORTED: _("Foyers importés"),
    EventKind.DOCUMENTS_IMPORTED: _("Documents des contrats importés"),
    EventKind.REFERENCE_LOADED: _("Référentiels chargés"),
    EventKind.PRACTITIONERS_IMPORTED: _("Annuaire des praticiens importé"),
    EventKind.PRACTITIONER_HIDDEN: _("Praticien retiré de l’annuaire à sa demande"),
    EventKind.GUARANTEES_IMPORTED: _("Tables de garanties importées"),
}

_YES_NO: dict[bool, TranslationString] = {True: _("oui"), False: _("non")}
_CHANNELS = {
    Factor.SMS.value: _("SMS"),
    Factor.EMAIL.value: _("e-mail"),
    "letter": _("lettre d’accueil"),
}

DETAILS: dict[str, tuple[TranslationString, dict[Any, TranslationString]]] = {
    "what": (
        _("Quoi"),
        {
            **WHAT,
            DataKind.EMAIL: _("l’adresse e-mail"),
            DataKind.MOBILE: _("le téléphone mobile"),
            DataKind.LANDLINE: _("le téléphone fixe"),
            DataKind.ADDRESS: _("l’adresse postale"),
        },
    ),
    "before": (_("Rôle d’avant"), dict(ROLES)),
    "role": (_("Rôle"), dict(ROLES)),
    "wish": (_("A perdu"), {wish: words[0] for wish, words in WISHES.items()}),
    "factor": (
        _("Preuve"),
        {
            Factor.PASSKEY: _("clé d’accès"),
            Factor.TOTP: _("application"),
            "mobile": _("téléphone mobile"),
            "recovery_codes": _("codes de secours"),
            "identity": _("service d’identité"),
        },
    ),
    "channel": (_("Par"), _CHANNELS),
    "by": (
        _("Par"),
        {**_CHANNELS, "command": _("commande"), "member": _("l’adhérent"), "link": _("le lien d’un message")},
    ),
    "purpose": (
        _("Pour"),
        {
            Purpose.ACTIVATION: _("activer le compte"),
            Purpose.SIGN_IN: _("se connecter"),
            Purpose.STEP_UP: _("confirmer son identité"),
            Purpose.PASSWORD_RESET: _("changer un mot de passe oublié"),
            Purpose.EMAIL_CHANGE: _("changer d’adresse e-mail"),
            Purpose.MOBILE_CHANGE: _("changer de téléphone mobile"),
            Purpose.UNDO_CHANGE: _("annuler un changement"),
            Purpose.DISOWN: _("dire « ce n’est pas moi »"),
            Purpose.RECOVERY: _("retrouver l’accès avec un conseiller"),
            Purpose.INVITATION: _("inviter un bénéficiaire"),
            Purpose.OFFICE_ACTIVATION: _("activer un compte du bureau"),
            ConsentPurpose.SMS_CONTACT: _("être contacté par SMS"),
            ConsentPurpose.PREVENTION_NEWS: _("recevoir des conseils de prévention"),
            ConsentPurpose.SATISFACTION_SURVEY: _("répondre à des enquêtes"),
        },
    ),
    "granted": (_("Accord"), dict(_YES_NO)),
    "on_behalf": (_("Au nom de l’adhérent"), dict(_YES_NO)),
}
"""The closed list of details that are shown, each with its label and the words of its values; nothing else ever is."""


def details_in_words(details: dict[str, Any]) -> list[tuple[TranslationString, TranslationString]]:
    """(label, words) of each detail of the list that holds a value of the list."""
    return [
        (label, words[value])
        for name, (label, words) in DETAILS.items()
        if isinstance(value := details.get(name), str | bool) and value in words
    ]
