"""The words of the targets of applications."""

from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.target_address import Fault
from member_space.domain.webhook import News

_ = TranslationStringFactory("member_space")

NEWS: dict[str, TranslationString] = {
    News.REIMBURSEMENT_ISSUED.value: _("Un décompte est établi"),
    News.REQUEST_ANSWERED.value: _("Une demande reçoit une réponse"),
    News.REQUEST_DECIDED.value: _("Une demande est décidée"),
    News.REQUEST_PIECE_ASKED.value: _("Une pièce est demandée"),
    News.REQUEST_CLOSED.value: _("Une demande est close"),
    News.MESSAGE_RECEIVED.value: _("Un message reçoit une réponse"),
    News.TELETRANSMISSION_CHANGED.value: _("Une télétransmission change d’état"),
    News.CARD_ISSUED.value: _("Une carte en remplace une autre"),
    News.CONSENT_REVOKED.value: _("Un adhérent reprend son accord"),
}

STATES: dict[str, tuple[str, TranslationString]] = {
    "waiting": ("wait", _("En attente")),
    "sent": ("good", _("Reçu")),
    "failed": ("bad", _("Échec")),
    "unwanted": ("neutral", _("Sans objet")),
}
"""The tone of the chip, and its words."""

FAULTS: dict[Fault, TranslationString] = {
    Fault.MALFORMED: _(
        "Cette adresse ne se lit pas\N{NO-BREAK SPACE}: écrivez-la entière, comme https://exemple.fr/avis."
    ),
    Fault.NOT_HTTPS: _("L’adresse commence par https://\N{NO-BREAK SPACE}: rien ne part sans chiffrement."),
    Fault.USERINFO: _("Retirez le nom et le mot de passe de l’adresse\N{NO-BREAK SPACE}: la signature suffit."),
    Fault.UNKNOWN_HOST: _("Ce nom n’existe pas sur Internet\N{NO-BREAK SPACE}: vérifiez chaque signe."),
    Fault.NOT_PUBLIC: _(
        "Cette adresse mène à un réseau privé\N{NO-BREAK SPACE}: donnez une adresse publique d’Internet."
    ),
}
