"""The adviser on what one has: the link with the fund, the card, the caps; and on our hours (C160)."""

from collections.abc import Iterator

from translationstring import TranslationStringFactory

from member_space.domain.adviser import Answer, Do, NextAction
from member_space.domain.allowance import Allowance, Measure
from member_space.domain.card import Moment
from member_space.domain.mention import families_of
from member_space.domain.opening_hours import Open
from member_space.domain.teletransmission import StateKind
from member_space.services.adviser_asking import Asking
from member_space.services.allowance import PersonAllowances, allowances_of
from member_space.services.beneficiary import Beneficiary, Link, beneficiaries_of
from member_space.services.card import Absence, ShownCard, absence_of, cards_of
from member_space.services.opening_words import status_words, week_words
from member_space.services.request_clock import hours_of
from member_space.services.translation import translate_in

_ = TranslationStringFactory("member_space")

LINKS = {
    StateKind.ACTIVE: _(
        "**${name}** : active. La caisse (${fund}) nous envoie les décomptes, il n’y a rien à envoyer."
    ),
    StateKind.TO_SEND: _(
        "**${name}** : en préparation. La demande part à la caisse (${fund}) avec notre prochain envoi."
    ),
    StateKind.SENT: _("**${name}** : en cours. Nous attendons la réponse de la caisse (${fund})."),
    StateKind.REJECTED: _(
        "**${name}** : refusée par la caisse (${fund}). La page de cette personne dit pourquoi et que faire."
    ),
    StateKind.SIGNALLED: _(
        "**${name}** : la caisse (${fund}) signale un changement à régler. La page de cette personne dit lequel."
    ),
    StateKind.OVERLAP: _("**${name}** : suspendue, une autre mutuelle est déjà déclarée à la caisse (${fund})."),
    StateKind.OFF: _("**${name}** : inactive. Les décomptes de la Sécurité sociale sont à nous envoyer."),
    StateKind.NOT_CONCERNED: _("**${name}** : ce contrat ne reçoit pas les décomptes de la caisse."),
}
NO_LINK = _(
    "**${name}** : aucun lien n’est en place avec une caisse. Envoyez-nous l’attestation de droits, nous le demandons."
)
OWN_LINKS = _("La réponse de votre caisse")
SINCE = _("Depuis le ${day}.")


def link(asking: Asking) -> Answer:
    """The link of each person who is covered, or of the one who is named."""
    people = [one for one in beneficiaries_of(asking.db, asking.household) if one.is_covered]
    named = [one for one in people if asking.person and one.person_id == asking.person.person_id] or people
    actions = [
        asking.open(f"/beneficiaires/{one.public_id}", _("Voir ce qui bloque pour ${name}"), name=one.name)
        for one in named
        if any(link.to_repair for link in one.links) or not one.links
    ]
    if not named:
        return asking.own(
            [asking.say(_("Personne n’est couvert aujourd’hui : il n’y a pas de lien à suivre."))], OWN_LINKS
        )
    lines = "\n".join(f"- {said}" for one in named for said in _links(asking, one))
    return asking.own([lines], OWN_LINKS, *actions[:3], asking.open("/beneficiaires", _("Voir la télétransmission")))


def _links(asking: Asking, person: Beneficiary) -> Iterator[str]:
    if not person.links:
        yield asking.say(NO_LINK, name=person.name)
    for one in person.links:
        yield _link(asking, person, one)


def _link(asking: Asking, person: Beneficiary, link: Link) -> str:
    state = link.state
    said = asking.say(LINKS[state.kind], name=person.name, fund=state.fund_name)
    return f"{said} {asking.say(SINCE, day=asking.day(state.since))}" if state.since else said


ABSENT = {
    Absence.ENDED: _("Vous n’avez plus de carte : vos droits se sont terminés le ${day}."),
    Absence.NOT_YET: _("Votre carte sera là au début de vos droits, le ${day}."),
    Absence.NOT_READY: _(
        "Votre carte n’est pas encore prête : elle l’est dès que votre contrat est complet dans votre espace."
    ),
}


def card(asking: Asking) -> Answer:
    """Until when it is valid, who is on it, and where to take it."""
    cards = cards_of(asking.db, asking.tools.cipher, asking.household)
    current = [one for one in cards if one.moment is Moment.CURRENT]
    source, page = _("Votre carte de tiers payant"), asking.open("/tiers-payant", _("Voir et télécharger ma carte"))
    if not current:
        why, day = absence_of(asking.household)
        return asking.own([asking.say(ABSENT[why], day=asking.day(day) if day else "")], source, page)
    return asking.own(
        [*(_card(asking, one) for one in current), *_next_card(asking, cards)],
        source,
        page,
        asking.open("/tiers-payant/commander", _("La recevoir par la poste")),
    )


def _card(asking: Asking, shown: ShownCard) -> str:
    names = ", ".join(dict.fromkeys(one.first_name for one in shown.card.beneficiaries))
    return asking.say(
        _("Votre carte **${year}** est valable jusqu’au **${day}**, pour ${names}."),
        year=shown.year,
        day=asking.day(shown.card.last_day),
        names=names,
    )


def _next_card(asking: Asking, cards: list[ShownCard]) -> Iterator[str]:
    following = next((one for one in cards if one.moment is Moment.NEXT), None)
    if following:
        yield asking.say(_("La suivante, de ${year}, est déjà dans votre espace."), year=following.year)
    else:
        yield asking.say(
            _("La suivante arrive dans votre espace avant la fin de celle-ci : vous n’avez rien à demander.")
        )


COUNTS = {
    Measure.COUNT: (_("${n} fois"), _("${n} fois")),
    Measure.EQUIPMENT: (_("${n} équipement"), _("${n} équipements")),
}
MOST_CAPS = 8


def ceilings(asking: Asking) -> Answer:
    """What is left of each cap, for the person and the care that the question names where it names some."""
    page = allowances_of(asking.db, asking.household)
    people = [one for one in page.persons if asking.person is None or one.public_id == asking.person.public_id]
    lines = [said for person in people for said in _caps(asking, person)]
    closed = [
        asking.say(_("Les forfaits de ${name} ne sont montrés qu’à cette personne."), name=name) for name in page.closed
    ]
    none = _("Aucune garantie à plafond ne répond à votre question aujourd’hui.")
    return asking.own(
        [*(lines or [asking.say(none)]), *closed],
        _("Vos forfaits, comptés sur les soins remboursés"),
        asking.open("/forfaits", _("Voir tous mes forfaits")),
    )


def _caps(asking: Asking, person: PersonAllowances) -> Iterator[str]:
    families = set(asking.families)
    meant = [one for one in person.allowances if not families or _covers(one, families)]
    if not meant:
        return
    begun = sorted(meant, key=lambda one: not one.used)[:MOST_CAPS]
    yield asking.say(_("Pour **${name}** :"), name=person.first_name)
    yield "\n".join(f"- {_cap(asking, one)}" for one in begun)
    if len(meant) > len(begun):
        yield asking.say(_("Et ${n} de plus, sur la page de vos forfaits."), n=len(meant) - len(begun))


def _covers(one: Allowance, families: set[str]) -> bool:
    """Whether the line of a cap is for the acts of one of these families."""
    named = {*(family.value for family in one.line.families), *families_of(one.line.label)}
    return bool(named & families)


def _cap(asking: Asking, one: Allowance) -> str:
    left, limit = _amount(asking, one.left, one.measure), _amount(asking, one.limit, one.measure)
    said = asking.say(_("${label} : il reste **${left}** sur ${limit}."), label=one.line.label, left=left, limit=limit)
    return f"{said} {asking.say(_('Retour le ${day}.'), day=asking.day(one.again_on))}" if one.again_on else said


def _amount(asking: Asking, count: int, measure: Measure) -> str:
    if measure is Measure.AMOUNT:
        return asking.euros(count)
    one, several = COUNTS[measure]
    return asking.label(one if count < 2 else several, n=count)


def hours(asking: Asking) -> Answer:
    """Our hours, whether somebody answers now, and the number."""
    brand, opening = asking.tools.settings.brand, hours_of(asking.tools.settings)
    translate, status = translate_in(asking.locale), opening.status(asking.tools.now())
    now = status_words(status, asking.today, translate, asking.locale)
    week = week_words(opening, translate, asking.locale)
    lines = [
        asking.say(_("**${now}.**"), now=now),
        asking.say(
            _("Nos conseillers répondent ${week}, au ${phone} (appel non surtaxé)."), week=week, phone=brand.phone_shown
        ),
    ]
    call = NextAction(
        Do.CALL, asking.label(_("Appeler le ${phone}"), phone=brand.phone_shown), brand.phone.replace(" ", "")
    )
    human = NextAction(Do.HUMAN, asking.label(_("Écrire à un conseiller")))
    first = (call, human) if isinstance(status, Open) else (human, call)
    return asking.own(lines, _("Nos horaires"), *first)
