"""The words of a request: its object, what it says, and the cards of those under way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pyramid.request import Request
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.request import Outcome, RequestKind, State
from member_space.domain.request_steps import Page
from member_space.forms.request_change import REASONS, RELATIONS
from member_space.models import Request as MemberRequest
from member_space.services.care_line import CareLine
from member_space.services.catalogue import Topic, Words, catalogue_of
from member_space.services.household import Household
from member_space.services.open_requests import UnderWay, erased_on
from member_space.services.request_check import missing_of
from member_space.views.parcel_words import parcel_words
from member_space.views.rendering import date_long, euros

_ = TranslationStringFactory("member_space")

KIND_LABELS = {
    RequestKind.CLAIM: _("Demande de remboursement"),
    RequestKind.QUOTE: _("Demande de devis"),
    RequestKind.MESSAGE: _("Message"),
    RequestKind.CHANGE: _("Changement au contrat"),
    RequestKind.COMPLAINT: _("Réclamation"),
}
STATE_CHIPS: dict[State, tuple[str, TranslationString]] = {
    State.DRAFT: ("neutral", _("Brouillon")),
    State.TO_DO: ("wait", _("Reçue, à traiter")),
    State.IN_REVIEW: ("wait", _("À l’étude")),
    State.WAITING_MEMBER: ("bad", _("Nous attendons une pièce de vous")),
    State.ON_HOLD: ("wait", _("En attente")),
    State.DECIDED: ("good", _("Décidée")),
    State.CLOSED: ("good", _("Terminée")),
    State.WITHDRAWN: ("neutral", _("Retirée par vous")),
    State.DUPLICATE: ("neutral", _("Déjà traitée avec une autre demande")),
}
OUTCOME_CHIPS: dict[str, tuple[str, TranslationString]] = {
    Outcome.ACCEPTED: ("good", _("Acceptée")),
    Outcome.PARTIAL: ("wait", _("Acceptée en partie")),
    Outcome.REFUSED: ("bad", _("Refusée")),
    Outcome.ANSWERED: ("good", _("Répondue")),
}
RELATION_WORDS, REASON_WORDS = dict(RELATIONS), dict(REASONS)
YES = _("oui")
NO_CONTRACT = _(
    "Aucun contrat n’est encore enregistré à votre nom : appelez-nous au ${phone}, nous regardons avec vous."
)
WHY_WITHOUT = {
    "later": _("Je ne l’ai pas encore : je l’enverrai ensuite"),
    "none": _("Il n’y en a pas"),
    "known": _("Vous l’avez déjà reçue, et rien n’a changé"),
}
"""Why a paper that is expected does not come with the request: it is sent all the same (nothing is a dead end)."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What the request says, in words; ``page``: where it was written, None: it cannot be changed."""

    label: str
    value: str
    page: Page | None


def topic_of(request: Request, row: MemberRequest) -> Topic:
    """The object of a request, as the catalogue says it today; one that the office took away keeps its kind's name."""
    kind = RequestKind(row.kind)
    found = catalogue_of(request.tools.settings).topics.get(row.topic or "")
    if found:
        return found
    label = str(request.localizer.translate(KIND_LABELS[kind]))
    return Topic(row.topic or "", kind, None, Words(label, label), Words("", ""), "document", (), None, kind.value, 2)


def piece_label(request: Request, code: str | None) -> str:
    """The name of a paper in the catalogue, empty where nobody said what it is; one that the office took away is any
    other."""
    if code is None:
        return ""
    found = catalogue_of(request.tools.settings).pieces.get(code)
    return found.label.in_(request.locale_name) if found else str(request.localizer.translate(_("Autre document")))


def name_of(household: Household, person_id: int | None) -> str | None:
    """The name of a person of the household, None for one who is not seen any more."""
    return next((member.name for member in household.members if member.person_id == person_id), None)


def facts_of(request: Request, row: MemberRequest, household: Household, line: CareLine | None = None) -> list[Fact]:
    """All that the request says besides its text and its papers, in the order of its pages.

    ``household``: its author's, who alone may name the person it is about.
    """
    locale, topic, details = request.locale_name, topic_of(request, row), row.details
    say = request.localizer.translate

    def day(name: str) -> str | None:
        return date_long(date.fromisoformat(details[name]), locale) if name in details else None

    amount = None if row.amount is None else euros(row.amount, locale)
    care_day = date_long(row.care_date, locale) if row.care_date else None
    planned = care_day if row.kind == RequestKind.QUOTE else None
    found: list[tuple[TranslationString, str | None, Page | None]] = [
        (_("Objet"), topic.label.in_(locale), None),
        (_("Préparée par"), details.get("assistant"), None),
        (_("Soin concerné"), f"{line.label}, {euros(line.fee, locale)}" if line else None, Page.CARE),
        (_("Personne concernée"), name_of(household, row.person_id), Page.CARE),
        (_("Date du soin"), None if planned else care_day, Page.CARE),
        (_("Date prévue des soins"), planned, Page.LINES),
        (_("Montant payé"), amount, Page.CARE),
        (_("Autre mutuelle"), say(_("a déjà payé une partie")) if details.get("other_insurer") else None, Page.CARE),
        (_("Établissement"), details.get("establishment"), Page.CARE),
        (_("Numéro FINESS"), details.get("finess"), Page.CARE),
        (_("Date d’entrée"), day("entry_date"), Page.CARE),
        (_("Nombre de jours prévus"), str(details["days"]) if "days" in details else None, Page.CARE),
        (_("Code DMT"), details.get("dmt"), Page.CARE),
        (_("Chambre particulière"), say(YES) if details.get("room") else None, Page.CARE),
        (_("Personne à ajouter"), _full_name(details), Page.CARE),
        (_("Date de naissance"), day("birth_date"), Page.CARE),
        (_("Lien avec vous"), _said(say, RELATION_WORDS, details.get("relation")), Page.CARE),
        (_("Numéro de sécurité sociale"), say(_("donné, gardé chiffré")) if "nir" in details else None, Page.CARE),
        (_("À partir du"), day("effective_on") or day("leaves_on"), Page.CARE),
        (_("Motif"), _said(say, REASON_WORDS, details.get("reason")), Page.CARE),
    ]
    return [Fact(str(say(label)), value, page) for label, value, page in found if value]


def _full_name(details: dict[str, Any]) -> str | None:
    return f"{details['first_name']} {details['last_name']}" if "last_name" in details else None


def _said(say: Any, words: dict[str, TranslationString], code: str | None) -> str | None:
    return str(say(words[code])) if code in words else None


def chip_of(request: Request, row: MemberRequest) -> tuple[str, str]:
    """(tone, word) of its state; its outcome once it has one."""
    tone, words = OUTCOME_CHIPS.get(row.outcome or "") or STATE_CHIPS[State(row.state)]
    return tone, str(request.localizer.translate(words))


def cards_of(request: Request, found: UnderWay, drafts: Sequence[MemberRequest]) -> dict[str, Any]:
    """The parcels, the drafts and the papers asked, as their partial takes them; no query."""
    return {
        "parcels": [
            _card(request, one.request) | {"steps": parcel_words(request, one.request, (), one.usual, one.due_on)}
            for one in found.opened
        ],
        "drafts": [draft_card(request, row) for row in drafts],
        "asked": [_card(request, row) | {"due_on": due} for row, due in found.asked],
    }


def draft_card(request: Request, row: MemberRequest) -> dict[str, Any]:
    """A draft, as its partial takes it; no query."""
    blocking = [one.page.value for one in missing_of(row, topic_of(request, row), ()) if one.blocks]
    about = name_of(request.context.household, row.person_id)
    return _card(request, row) | {
        "missing": blocking,
        "about": about,
        "erased_on": erased_on(row),
        "erase_url": request.route_path("request_forget", request_id=row.public_id),
    }


def _card(request: Request, row: MemberRequest) -> dict[str, Any]:
    label = topic_of(request, row).label.in_(request.locale_name)
    return {"row": row, "topic": label, "url": request.route_path("request", request_id=row.public_id)}
