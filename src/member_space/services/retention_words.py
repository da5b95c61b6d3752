"""The retention table in words: what is kept, how long and from when, why, and what says so."""

from dataclasses import dataclass

from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.retention import RULES, Kept

_ = TranslationStringFactory("member_space")


@dataclass(frozen=True, slots=True)
class KeptWords:
    """One row of the table. ``by_us``: erased every night by this space."""

    what: TranslationString
    how_long: TranslationString
    why: TranslationString
    source: TranslationString
    by_us: bool = True


GDPR = _("RGPD, art. 5-1 e : pas plus longtemps que nécessaire")
PRESCRIPTION = _("Code de la mutualité, art. L221-11 ; Code civil, art. 2224")

_WORDS = {
    Kept.SIGN_IN_FAILURES: (
        _("Connexions refusées"),
        _("1 jour"),
        _("Ralentir qui essaie des mots de passe"),
        GDPR,
    ),
    Kept.SESSIONS: (_("Sessions"), _("jusqu’à leur fin"), _("Vous garder connecté"), GDPR),
    Kept.CODES: (
        _("Demandes de codes (jamais les codes eux-mêmes)"),
        _("30 jours après la fin du code"),
        _("Répondre à qui signale une fraude"),
        GDPR,
    ),
    Kept.CODE_SENDINGS: (
        _("Compte des codes envoyés à un numéro ou à une adresse"),
        _("30 jours"),
        _("Éviter les envois en masse"),
        GDPR,
    ),
    Kept.LETTERS: (
        _("Codes des lettres d’accueil"),
        _("30 jours après leur fin"),
        _("Ouvrir votre espace la première fois"),
        GDPR,
    ),
    Kept.DRAFTS: (
        _("Brouillons de formulaires"),
        _("30 jours après la dernière frappe"),
        _("Retrouver ce que vous aviez écrit"),
        GDPR,
    ),
    Kept.DEVICES: (
        _("Appareils"),
        _("90 jours après la fin de la confiance"),
        _("Reconnaître votre navigateur"),
        GDPR,
    ),
    Kept.CHANGES: (
        _("Anciennes coordonnées, après un changement"),
        _("30 jours après le changement"),
        _("Pouvoir l’annuler"),
        GDPR,
    ),
    Kept.MESSAGES: (
        _("Messages que nous vous envoyons"),
        _("1 an"),
        _("Prouver que vous avez été prévenu"),
        GDPR,
    ),
    Kept.EXPORTS: (
        _("Copies de vos données"),
        _("24 heures pour le fichier, 30 jours pour la demande"),
        _("Vous laisser le temps de la télécharger"),
        _("RGPD, art. 15 et 20"),
    ),
    Kept.CARD_LINKS: (
        _("Liens qui envoient votre carte à un professionnel"),
        _("72 heures ; 30 jours de plus pour la trace, sans l’adresse"),
        _("Vous montrer qui l’a ouverte"),
        GDPR,
    ),
    Kept.READINGS: (
        _("Consultations de votre dossier"),
        _("3 ans"),
        _("Vous dire qui l’a lu"),
        _("RGPD, art. 15 ; règlement européen 2025/327, art. 9"),
    ),
    Kept.RECOVERIES: (
        _("Accès retrouvés avec un conseiller : ce qui a été vérifié, jamais vos réponses"),
        _("1 an"),
        _("Répondre à qui signale une fraude"),
        GDPR,
    ),
    Kept.BREACHES: (
        _("Incidents dont nous vous avons informé"),
        _("5 ans"),
        _("Prouver que vous avez été prévenu"),
        _("RGPD, art. 33 et 34"),
    ),
    Kept.ACCOUNT: (
        _("Compte, clés d’accès, codes de secours, identités liées, préférences"),
        _("tant que votre espace est ouvert, puis 30 jours"),
        _("Vous laisser entrer, vous seul"),
        GDPR,
    ),
    Kept.PRESENCES: (
        _("Qui, chez nous, a votre demande à l’écran"),
        _("1 jour"),
        _("Éviter que deux conseillers y travaillent à la fois"),
        GDPR,
    ),
    Kept.REQUEST_DRAFTS: (
        _("Demandes commencées et non envoyées, avec leurs fichiers"),
        _("30 jours sans y toucher"),
        _("Vous laisser les finir"),
        GDPR,
    ),
    Kept.BIN: (
        _("Documents mis à la corbeille"),
        _("30 jours"),
        _("Vous laisser les reprendre"),
        GDPR,
    ),
    Kept.RECEIVED_MAILS: (
        _("Le fait qu’un e-mail de vous est arrivé, jamais ses mots"),
        _("30 jours"),
        _("Ne pas le traiter deux fois, ni vous répondre sans cesse"),
        GDPR,
    ),
    Kept.REQUESTS: (
        _("Demandes, messages et documents"),
        _("5 ans après la fin du contrat ; vous êtes prévenu 30 jours et 7 jours avant"),
        _("Répondre à une réclamation ou à un contrôle"),
        PRESCRIPTION,
    ),
    Kept.DIRECTORY_REPORTS: (
        _("Erreurs signalées dans l’annuaire des professionnels"),
        _("1 an après la réponse"),
        _("Prouver qu’un professionnel a été corrigé ou retiré"),
        _("RGPD, art. 16 et 21"),
    ),
    Kept.ADVISER_TALKS: (
        _("Échanges avec le conseiller virtuel"),
        _("30 jours, ou jusqu’à ce que vous les effaciez"),
        _("Les joindre à un message, et corriger les réponses qui n’aident pas"),
        GDPR,
    ),
    Kept.API_TOKENS: (
        _("Jetons des applications et assistants autorisés (leur empreinte seulement)"),
        _("30 jours après leur fin"),
        _("Reconnaître un jeton volé"),
        GDPR,
    ),
    Kept.API_CODES: (
        _("Codes d’autorisation des applications (leur empreinte seulement)"),
        _("30 jours après leur fin"),
        _("Reconnaître un code volé"),
        GDPR,
    ),
    Kept.API_GRANTS: (
        _("Accès que vous avez donnés à des applications et assistants"),
        _("5 ans après leur fin"),
        _("Prouver votre accord"),
        _("RGPD, art. 7-1"),
    ),
    Kept.API_COUNTS: (
        _("Nombre de demandes de vos applications et assistants dans une minute"),
        _("1 jour"),
        _("Limiter les demandes trop nombreuses"),
        GDPR,
    ),
    Kept.API_ANSWERS: (
        _("Réponses faites aux applications et assistants qui écrivent en votre nom (chiffrées)"),
        _("1 jour"),
        _("Ne pas écrire deux fois la même chose"),
        GDPR,
    ),
    Kept.WEBHOOK_DELIVERIES: (
        _("Avertissements envoyés aux applications que vous autorisez (qu’il y a du nouveau, jamais quoi)"),
        _("30 jours"),
        _("Les renvoyer à une application qui était arrêtée"),
        GDPR,
    ),
    Kept.HOLDS: (
        _("Obligations légales de conserver vos demandes plus longtemps"),
        _("5 ans après leur fin"),
        _("Prouver pourquoi un effacement a attendu"),
        _("RGPD, art. 17-3 b et e"),
    ),
    Kept.TERMS: (
        _("Conditions d’utilisation acceptées, mot pour mot"),
        _("5 ans après la fin du contrat"),
        _("Prouver ce que vous avez accepté ou refusé"),
        PRESCRIPTION,
    ),
    Kept.CONSENTS: (
        _("Vos consentements, mot pour mot"),
        _("5 ans après la fin du contrat"),
        _("Prouver ce que vous avez accepté ou refusé"),
        _("RGPD, art. 7-1"),
    ),
    Kept.CARE: (
        _("Remboursements et soins"),
        _("5 ans après la fin du contrat"),
        _("Répondre à une réclamation ou à un contrôle"),
        PRESCRIPTION,
    ),
    Kept.CONTRACTS: (
        _("Contrats, couvertures, attestations, échanges avec les caisses"),
        _("5 ans après la fin du contrat"),
        _("Répondre à une réclamation ou à un contrôle"),
        PRESCRIPTION,
    ),
    Kept.BANK_ACCOUNTS: (
        _("Comptes bancaires et virements"),
        _("10 ans"),
        _("Tenir nos comptes"),
        _("Code de commerce, art. L123-22"),
    ),
    Kept.JOURNAL: (
        _("Journal : qui a fait quoi, quand, depuis quelle adresse ; jamais un soin ni un numéro"),
        _("5 ans après la fin du contrat"),
        _("Prouver ce qui s’est passé : il ne peut être ni modifié ni effacé, pas même par nous"),
        _("RGPD, art. 5-2 et 32"),
    ),
}

TABLE: tuple[KeptWords, ...] = tuple(KeptWords(*words, by_us=RULES[kind].by_us) for kind, words in _WORDS.items())
"""In the order of the page; the demonstration's own box is not told to members."""
