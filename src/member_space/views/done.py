"""« C'est fait »: one sentence on the page that follows an act, carried by a short code in its address.

Nothing is stored and nothing personal is in the address: a code is one of a closed list, and says something only on
the pages that follow its act. A code that is not, or not there, shows nothing.
"""

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pyramid.events import BeforeRender
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from translationstring import TranslationString, TranslationStringFactory

_ = TranslationStringFactory("member_space")

PARAMETER = "fait"
_VALUES = re.compile(r"\$\{(\w+)\}")

DONE: dict[str, tuple[frozenset[str], TranslationString]] = {
    "soins-ouverts": (
        frozenset({"privacy"}),
        _("Votre choix est enregistré : ${names} lit maintenant vos soins."),
    ),
    "soins-fermes": (
        frozenset({"privacy"}),
        _("Votre choix est enregistré : ${names} ne lit plus vos soins."),
    ),
    "fichier-demande": (
        frozenset({"reimbursements_export"}),
        _("Votre fichier se prépare : un e-mail vous prévient dès qu’il est prêt. Vous pouvez quitter cette page."),
    ),
    "accord": (
        frozenset({"home", "consents"}),
        _("Réponse enregistrée. Vous pouvez en changer quand vous voulez dans « Mes informations »."),
    ),
    "tout-ferme": (frozenset({"disown"}), _("C’est fait : tous les appareils sont déconnectés.")),
    "recommencer": (
        frozenset({"sign_in", "step_up"}),
        _("Cette demande ne sert plus : trop de temps a passé, ou trop d’essais. Rien n’est bloqué, recommencez."),
    ),
    "mot-de-passe": (
        frozenset({"personal_data", "office_home", "sign_in"}),
        _("Votre mot de passe est changé. Vos autres appareils sont déconnectés."),
    ),
    "compte-pret": (
        frozenset({"sign_in"}),
        _("Votre mot de passe est enregistré. Connectez-vous, puis ajoutez une application ou une clé d’accès."),
    ),
    "acces-retrouve": (
        frozenset({"security"}),
        _("Vous êtes de retour. Ajoutez maintenant un nouveau moyen de confirmer votre identité, et retirez le perdu."),
    ),
    "role-change": (frozenset({"office_account"}), _("Le rôle est changé. Ses sessions sont terminées.")),
    "webhook-ferme": (
        frozenset({"office_webhook"}),
        _("Cette adresse est fermée\N{NO-BREAK SPACE}: plus rien n’y part."),
    ),
    "webhook-renvoye": (
        frozenset({"office_webhook"}),
        _("C’est demandé\N{NO-BREAK SPACE}: ce que vous avez choisi repart dans la minute."),
    ),
    "files-changees": (frozenset({"office_account"}), _("Ses files sont changées.")),
    "ecrit-en-son-nom": (
        frozenset({"office_request"}),
        _("Le message est envoyé en son nom. L’adhérent est prévenu par e-mail."),
    ),
    "equipe-changee": (frozenset({"office_account"}), _("L’équipe est changée. Ses sessions sont terminées.")),
    "compte-ferme": (frozenset({"office_account"}), _("Le compte est fermé : plus rien ne s’ouvre.")),
    "demande-envoyee": (
        frozenset({"office_recoveries"}),
        _("Demande envoyée. Un collègue décide ; le code s’affichera ensuite pour vous."),
    ),
    "demande-acceptee": (
        frozenset({"office_recoveries"}),
        _("Demande acceptée. L’adhérent est prévenu ; votre collègue peut afficher le code pendant une heure."),
    ),
    "demande-refusee": (frozenset({"office_recoveries"}), _("Demande refusée.")),
    "conservation-posee": (
        frozenset({"office_legal_holds"}),
        _("C’est conservé tant que l’obligation n’est pas levée. L’adhérent lit que la loi le demande, pas pourquoi."),
    ),
    "conservation-deja": (frozenset({"office_legal_holds"}), _("C’était déjà conservé : rien n’a changé.")),
    "conservation-levee": (
        frozenset({"office_legal_holds"}),
        _("L’obligation est levée : rien ne s’efface avant trente jours, et l’adhérent est prévenu avant."),
    ),
    "signalement-recu": (
        frozenset({"practitioner"}),
        _("Votre signalement est enregistré\N{NO-BREAK SPACE}: un conseiller le lira. Merci à vous."),
    ),
    "signalement-traite": (frozenset({"office_directory"}), _("C’est classé.")),
    "signalement-retire": (
        frozenset({"office_directory"}),
        _("Ce professionnel n’est plus montré, quel que soit l’extrait qui viendra."),
    ),
    "code-envoye": (
        frozenset({"password_reset_code"}),
        _("Un autre code est demandé. Seul le dernier reçu fonctionne."),
    ),
    "adresse-rappelee": (
        frozenset({"sign_in"}),
        _(
            "Si ces informations correspondent à un compte, nous rappelons son adresse, en partie masquée, "
            "au mobile et à l’e-mail que nous connaissons."
        ),
    ),
    "appareil-nomme": (frozenset({"devices"}), _("Le nom est enregistré.")),
    "appareil-retire": (
        frozenset({"devices", "sign_in"}),
        _("Cet appareil est déconnecté ; un code y sera demandé à la prochaine connexion."),
    ),
    "autres-appareils-retires": (
        frozenset({"devices"}),
        _("Tous vos autres appareils sont déconnectés ; un code y sera demandé à la prochaine connexion."),
    ),
    "espace-deja-ouvert": (
        frozenset({"sign_in"}),
        _("Vous avez déjà un espace : connectez-vous. Mot de passe oublié ? Choisissez-en un autre ci-dessous."),
    ),
    "conditions-acceptees": (
        frozenset({"home", "personal_data"}),
        _("Merci. Votre accord aux nouvelles conditions est enregistré."),
    ),
    "acces-retire": (
        frozenset({"accesses"}),
        _("C’est fait : cet accès est retiré, plus rien ne s’ouvre avec lui."),
    ),
    "application-fermee": (
        frozenset({"office_client"}),
        _("L’application est fermée : plus aucun de ses jetons n’ouvre rien."),
    ),
    "lien-repris": (frozenset({"card"}), _("C’est fait : ce lien n’ouvre plus votre carte.")),
    "invitation": (
        frozenset({"beneficiary"}),
        _("Si cette personne nous a donné une adresse e-mail, une invitation vient d’y partir."),
    ),
    "email-change": (
        frozenset({"personal_data"}),
        _("Votre adresse e-mail est changée. L’ancienne adresse est prévenue."),
    ),
    "mobile-change": (frozenset({"personal_data"}), _("Votre mobile est changé. Nous vous en prévenons par e-mail.")),
    "fixe-change": (frozenset({"personal_data"}), _("Votre téléphone fixe est enregistré.")),
    "adresse-change": (frozenset({"personal_data"}), _("Votre adresse est enregistrée.")),
    "code-passe": (
        frozenset({"personal_email", "personal_mobile"}),
        _("Ce code ne sert plus, ou il a été demandé d’un autre navigateur : demandez-en un autre."),
    ),
    "iban-demande": (
        frozenset({"bank_account"}),
        _("Votre compte est enregistré : il servira dans 48 heures. Nous vous en prévenons par e-mail et par SMS."),
    ),
    "iban-annule": (frozenset({"bank_account"}), _("Le changement de compte est annulé.")),
    "retabli": (frozenset({"undo_change"}), _("C’est annulé : ce qui était là avant est rétabli.")),
    "retabli-suspendu": (
        frozenset({"undo_change"}),
        _("C’est annulé, et vos virements sont suspendus : appelez-nous au ${phone} pour les reprendre."),
    ),
    "retabli-sans-email": (
        frozenset({"undo_change"}),
        _(
            "C’est annulé, sauf l’adresse e-mail : l’ancienne sert maintenant à un autre compte. "
            "Vos virements sont suspendus : appelez-nous au ${phone}."
        ),
    ),
    "application-ajoutee": (
        frozenset({"security"}),
        _("Votre application d’authentification est ajoutée : son code vous sera demandé aux prochaines connexions."),
    ),
    "application-retiree": (frozenset({"security"}), _("Votre application d’authentification est retirée.")),
    "identite-retiree": (frozenset({"security"}), _("Cette identité n’ouvre plus votre espace.")),
    "cle-ajoutee": (
        frozenset({"passkeys"}),
        _("Votre clé d’accès est ajoutée : vous pouvez vous connecter avec elle, sans mot de passe ni SMS."),
    ),
    "cle-retiree": (frozenset({"passkeys"}), _("Votre clé d’accès est retirée : elle n’ouvre plus votre espace.")),
    "cle-refusee": (
        frozenset({"sign_in", "step_up"}),
        _("Cette clé n’a pas pu vous reconnaître. Réessayez, ou choisissez un autre moyen."),
    ),
    "proposer-cle": (
        frozenset({"home"}),
        _("Vous attendez souvent un SMS : une clé d’accès vous en dispense. Voyez « Sécurité et connexion »."),
    ),
    "texte-garde": (
        frozenset({"sign_in"}),
        _("Votre session était terminée. Votre texte est gardé : reconnectez-vous pour le retrouver."),
    ),
    "session-terminee": (
        frozenset({"sign_in"}),
        _("Votre session s’est terminée, faute d’activité. Reconnectez-vous pour revenir à la même page."),
    ),
    "notifications": (frozenset({"notification_preferences"}), _("Vos choix sont enregistrés.")),
    "copie-demandee": (
        frozenset({"my_data_copy"}),
        _("Votre demande est enregistrée. Un e-mail vous préviendra dès que la copie sera prête."),
    ),
    "fermeture-demandee": (
        frozenset({"my_data"}),
        _("Votre demande est enregistrée. Votre compte reste ouvert encore 30 jours."),
    ),
    "fermeture-annulee": (frozenset({"my_data"}), _("La fermeture est annulée : votre compte reste ouvert.")),
    "echange-efface": (frozenset({"adviser"}), _("Votre échange est effacé.")),
    "message-envoye": (
        frozenset({"request"}),
        _("Votre message est envoyé. Nous vous prévenons dès que nous y répondons."),
    ),
    "reponse-envoyee": (frozenset({"request"}), _("Votre réponse est envoyée.")),
    "suite-envoyee": (
        frozenset({"request"}),
        _("Votre message est envoyé dans une nouvelle demande, liée à la précédente."),
    ),
    "documents-ajoutes": (
        frozenset({"documents"}),
        _("Vos documents sont gardés. Dites de quoi il s’agit, un par un, sur leur ligne."),
    ),
    "document-range": (frozenset({"documents"}), _("Votre document est rangé.")),
    "document-corbeille": (
        frozenset({"documents"}),
        _("Le document est à la corbeille\N{NO-BREAK SPACE}: vous pouvez le reprendre pendant 30 jours."),
    ),
    "document-repris": (frozenset({"documents"}), _("Le document est de retour dans vos documents.")),
    "merci-dit": (frozenset({"request"}), _("C’est transmis. Merci à vous.")),
    "avis-donne": (frozenset({"request"}), _("Merci, votre avis nous aide à mieux répondre.")),
    "fichier-ajoute": (
        frozenset(
            {"request_file_add", "attachment_pages", "request", "request_pieces", "request_words", "request_review"}
        ),
        _("C’est ajouté : votre fichier est bien arrivé."),
    ),
    "fichier-retire": (
        frozenset({"request_file_add", "request", "request_pieces", "request_words", "request_review"}),
        _("Le fichier est supprimé."),
    ),
    "demande-prise": (frozenset({"office_request"}), _("Cette demande est à vous.")),
    "rien-a-prendre": (
        frozenset({"office_requests"}),
        _("Aucune demande n’attend d’être prise. Celles qui sont à vous restent dans « À moi »."),
    ),
    "demande-remise": (frozenset({"office_request"}), _("La demande est remise dans la liste, pour qui la prendra.")),
    "demande-donnee": (frozenset({"office_request"}), _("La demande est donnée à votre collègue.")),
    "demande-rouverte": (frozenset({"office_request"}), _("La demande est rouverte et vous attend.")),
    "demande-en-attente": (
        frozenset({"office_request"}),
        _("La demande est mise en attente. Elle reviendra ce jour-là."),
    ),
    "demande-close": (
        frozenset({"office_request"}),
        _("Demande close, faute de réponse. L’adhérent est prévenu\N{NO-BREAK SPACE}: sa réponse la rouvrira."),
    ),
    "demande-doublon": (frozenset({"office_request"}), _("Marquée comme doublon. L’adhérent est prévenu.")),
    "demande-decidee": (frozenset({"office_request"}), _("Décision envoyée. L’adhérent est prévenu.")),
    "reponse-partie": (frozenset({"office_request"}), _("Réponse envoyée. La demande reste à l’étude.")),
    "reponse-close": (frozenset({"office_request"}), _("Réponse envoyée et demande close.")),
    "piece-demandee": (
        frozenset({"office_request"}),
        _("Demande de pièce envoyée. Le délai s’arrête jusqu’à la réponse de l’adhérent."),
    ),
    "reponse-type": (frozenset({"office_answers"}), _("La réponse type est enregistrée.")),
    "reponse-du-conseiller": (
        frozenset({"office_faq_entry"}),
        _("C’est enregistré : le conseiller virtuel en tient compte dès la question suivante."),
    ),
    "mesure-ecrite": (frozenset({"office_request"}), _("La mesure corrective est enregistrée.")),
    "note-ecrite": (frozenset({"office_request"}), _("Note enregistrée. Seul le bureau la lit.")),
    "demande-transmise": (
        frozenset({"request"}),
        _("Votre demande est arrivée. Vous n’avez rien d’autre à faire pour l’instant."),
    ),
    "demande-retiree": (frozenset({"request"}), _("Votre demande est retirée : personne ne la traitera.")),
    "pieces-envoyees": (
        frozenset({"request"}),
        _("Votre réponse est arrivée : nous reprenons votre demande."),
    ),
    "brouillon-efface": (frozenset({"steps"}), _("Le brouillon est effacé.")),
    "deconnexion": (frozenset({"sign_in"}), _("Vous êtes déconnecté.")),
}
"""By code: the routes where it says something, and its words; ``${…}`` are filled from the page's ``done_values``."""


def go_on(path: str, code: str) -> HTTPSeeOther:
    """To this path of ours, saying there that the act of this code is done. Raises KeyError for a code not of ours."""
    DONE[code]
    parts = urlsplit(path)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != PARAMETER]
    return HTTPSeeOther(urlunsplit(parts._replace(query=urlencode([*query, (PARAMETER, code)]))))


def done_words(request: Request, values: dict[str, str]) -> str | None:
    """The sentence of the code in the address, None when it says nothing here."""
    routes, words = DONE.get(request.GET.get(PARAMETER, ""), (frozenset(), None))
    route = getattr(request, "matched_route", None)
    if words is None or request.method != "GET" or route is None or route.name not in routes:
        return None
    if not all(values.get(name) for name in _VALUES.findall(words)):
        return None
    return str(request.localizer.translate(words % values))


def _add_notice(event: BeforeRender) -> None:
    request = event["request"]
    if request is None:
        return
    page = event.rendering_val
    words = done_words(request, page.get("done_values", {}) if isinstance(page, dict) else {})
    if words:
        event["notices"] = [words]


def includeme(config: Any) -> None:
    config.add_subscriber(_add_notice, BeforeRender, page=True)
