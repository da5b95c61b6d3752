"""What an access opens, in the words that a member reads before he gives it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from pyramid.request import Request
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.api_scope import Scope
from member_space.domain.oauth import GRANT_DAYS
from member_space.domain.privacy import View
from member_space.services.household import Household, HouseholdMember

_ = TranslationStringFactory("member_space")

SCOPES: dict[Scope, tuple[TranslationString, TranslationString | None]] = {
    Scope.PROFILE_READ: (_("Voir qui est dans votre foyer"), _("noms, dates de naissance et liens de parenté")),
    Scope.CONTRACTS_READ: (
        _("Lire vos contrats et vos garanties"),
        _("avec ce qui est déjà utilisé de chaque forfait\N{NO-BREAK SPACE}: des soins s’y devinent"),
    ),
    Scope.CARDS_READ: (_("Voir votre carte de tiers payant"), None),
    Scope.TELETRANSMISSION_READ: (_("Voir si la télétransmission est en place"), None),
    Scope.REIMBURSEMENTS_READ: (
        _("Lire vos remboursements"),
        _("les soins, les professionnels et les montants\N{NO-BREAK SPACE}: ce sont des données de santé"),
    ),
    Scope.REQUESTS_READ: (_("Lire vos demandes et nos réponses"), None),
    Scope.REQUESTS_DRAFT: (
        _("Préparer une demande"),
        _("rien ne part sans vous\N{NO-BREAK SPACE}: vous la relisez et l’envoyez dans votre espace"),
    ),
    Scope.QUOTES_READ: (_("Lire les réponses à vos devis"), None),
    Scope.SIMULATIONS_RUN: (_("Estimer un remboursement"), _("avec vos garanties et ce qui en reste")),
    Scope.MESSAGES_WRITE: (_("Écrire à nos conseillers en votre nom"), None),
    Scope.CONSENTS_READ: (_("Lire les accords que vous avez donnés"), None),
    Scope.DIRECTORY_READ: (_("Chercher un professionnel de santé"), None),
    Scope.PUBLIC_READ: (_("Lire ce qui est public"), _("questions fréquentes, tarifs, horaires")),
}
DAYS = {1: _("1 jour"), 30: _("30 jours"), 90: _("90 jours")}

Choice = tuple[str, str, str | None]


@dataclass(frozen=True, slots=True)
class AccessChoices:
    """What the page of an access offers: (value, words, a line more) each."""

    scopes: list[Choice]
    persons: list[Choice]
    days: list[tuple[str, str]]


def scope_words(request: Request, scope: Scope) -> str:
    return str(request.localizer.translate(SCOPES[scope][0]))


def choices_of(request: Request, scopes: Iterable[Scope], household: Household) -> AccessChoices:
    """In the language of the page; of the persons, those whom the member sees."""
    translate = request.localizer.translate
    return AccessChoices(
        [
            (one.value, translate(SCOPES[one][0]), translate(more) if (more := SCOPES[one][1]) else None)
            for one in scopes
        ],
        [(str(one.public_id), person_words(request, one), _less(request, one)) for one in household.persons()],
        [(str(days), translate(DAYS[days])) for days in GRANT_DAYS],
    )


def person_words(request: Request, member: HouseholdMember) -> str:
    if not member.is_viewer:
        return member.name
    return str(request.localizer.translate(_("${name} (vous)", mapping={"name": member.name})))


def _less(request: Request, member: HouseholdMember) -> str | None:
    """Of another adult, an access shows no more than the member himself reads."""
    if member.view is View.FULL:
        return None
    return str(request.localizer.translate(_("les montants seulement, comme pour vous")))


def names_of(household: Household, person_ids: Collection[int]) -> list[str]:
    """Those of an access whom the member still sees."""
    return [one.name for one in household.persons() if one.person_id in person_ids]


def wording_of(title: str, lines: Iterable[str], choices: AccessChoices, ticked: dict[str, Collection[str]]) -> str:
    """The page as it was shown and answered, in plain text: the proof of the agreement."""

    def box(name: str, value: str) -> str:
        return "[x]" if value in ticked[name] else "[ ]"

    offered = (
        ("scopes", choices.scopes),
        ("persons", choices.persons),
        ("days", [(*one, None) for one in choices.days]),
    )
    boxes = [
        f"{box(name, value)} {words}{f' ({more})' if more else ''}"
        for name, group in offered
        for value, words, more in group
    ]
    return "\n".join((title, *lines, *boxes))
