"""The words of requests at the office: kinds, states, acts, ageing, legal delays, reasons to wait."""

from pyramid.request import Request
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.complaint import Delay
from member_space.domain.request import Act, Outcome, RequestKind, State
from member_space.domain.service_clock import Ageing
from member_space.services.office_request import Tab
from member_space.services.request_handling import HoldReason

_ = TranslationStringFactory("member_space")

KINDS: dict[RequestKind, TranslationString] = {
    RequestKind.CLAIM: _("Remboursement"),
    RequestKind.QUOTE: _("Devis"),
    RequestKind.MESSAGE: _("Message"),
    RequestKind.CHANGE: _("Changement"),
    RequestKind.COMPLAINT: _("Réclamation"),
}

STATES: dict[State, tuple[str, TranslationString]] = {
    State.DRAFT: ("neutral", _("Brouillon")),
    State.TO_DO: ("wait", _("À traiter")),
    State.IN_REVIEW: ("wait", _("À l’étude")),
    State.WAITING_MEMBER: ("neutral", _("Attend l’adhérent")),
    State.ON_HOLD: ("neutral", _("En attente")),
    State.DECIDED: ("good", _("Décidée")),
    State.CLOSED: ("good", _("Close")),
    State.WITHDRAWN: ("neutral", _("Retirée par l’adhérent")),
    State.DUPLICATE: ("neutral", _("Doublon")),
}
"""The tone of the chip, and its words."""

AGES: dict[Ageing, tuple[str, TranslationString]] = {
    Ageing.FRESH: ("good", _("dans les temps")),
    Ageing.ORANGE: ("wait", _("à traiter bientôt")),
    Ageing.RED: ("bad", _("presque en retard")),
    Ageing.LATE: ("bad", _("en retard")),
}

OUTCOMES: dict[Outcome, TranslationString] = {
    Outcome.ACCEPTED: _("acceptée"),
    Outcome.PARTIAL: _("acceptée en partie"),
    Outcome.REFUSED: _("refusée"),
    Outcome.ANSWERED: _("répondue"),
}

ACTS: dict[Act, TranslationString] = {
    Act.SEND: _("envoyée"),
    Act.TAKE: _("prise"),
    Act.GIVE: _("donnée à un collègue"),
    Act.ASSIGN: _("confiée à un collègue par la répartition"),
    Act.RELEASE: _("remise dans la liste"),
    Act.ASK_PIECE: _("pièce demandée"),
    Act.PROVIDE: _("pièce ou réponse reçue"),
    Act.HOLD: _("mise en attente"),
    Act.WAKE: _("remise à traiter"),
    Act.DECIDE: _("décidée"),
    Act.ANSWER: _("répondue et close"),
    Act.CLOSE: _("close"),
    Act.REOPEN: _("rouverte"),
    Act.WITHDRAW: _("retirée"),
    Act.MARK_DUPLICATE: _("marquée comme doublon"),
    Act.AWAIT: _("transmise à la caisse, dont la réponse est attendue"),
    Act.SETTLE: _("close sans intervention du bureau"),
}
"""What happened, in the log of a request."""

LEGAL: dict[Delay, TranslationString] = {
    Delay.ACKNOWLEDGEMENT: _("Accusé de réception dû"),
    Delay.ANSWER: _("Réponse due"),
}
"""The delays of a complaint, each before its date."""

ALARMS: dict[Delay, tuple[TranslationString, TranslationString]] = {
    Delay.ACKNOWLEDGEMENT: (_("Accusé de réception à envoyer"), _("Accusé de réception en retard")),
    Delay.ANSWER: (_("Réponse à donner"), _("Réponse en retard")),
}
"""A legal delay near its end, and past it."""

HOLDS: dict[HoldReason, TranslationString] = {
    HoldReason.FUND: _("Réponse de la caisse attendue"),
    HoldReason.PROFESSIONAL: _("Réponse du professionnel de santé attendue"),
    HoldReason.STATEMENT: _("Décompte de la caisse attendu"),
    HoldReason.COLLEAGUE: _("Avis d’un collègue attendu"),
    HoldReason.MEDICAL_ADVISER: _("Avis du médecin-conseil attendu"),
    HoldReason.OTHER_INSURER: _("Réponse d’une autre mutuelle attendue"),
}

TABS: dict[Tab, TranslationString] = {
    Tab.ALL: _("Au bureau"),
    Tab.MINE: _("À moi"),
    Tab.NOBODY: _("À personne"),
    Tab.LATE: _("En retard"),
    Tab.WAITING: _("Attendent l’adhérent"),
}

QUEUES: dict[str, TranslationString] = {
    **{kind.value: words for kind, words in KINDS.items()},
    "optics": _("Optique"),
    "dental": _("Dentaire"),
    "equipment": _("Audition et appareillage"),
    "hospital": _("Hospitalisation"),
    "unknown_care": _("Soins non reconnus"),
}
"""The queues of our catalogue; one of the office's own is shown by its code."""


def queue_words(request: Request, queue: str) -> str:
    """A queue in the words of who looks."""
    return str(request.localizer.translate(QUEUES.get(queue, queue)))


OWN_DECISION = _(
    "Cette réclamation porte sur une demande que vous avez traitée\N{NO-BREAK SPACE}: un collègue qui ne l’a pas "
    "traitée la lit."
)
