"""The adviser on refunds: where one is, and why it is of that amount (C160, C55)."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from translationstring import TranslationStringFactory

from member_space.domain.adviser import Answer, Do, Kind, NextAction
from member_space.domain.reimbursement_steps import Part
from member_space.domain.request import RequestKind
from member_space.domain.teletransmission import StateKind
from member_space.services.adviser_asking import Asking
from member_space.services.beneficiary import beneficiaries_of
from member_space.services.care_line import CareLine, Payee
from member_space.services.content import escaped
from member_space.services.explanation import Explanation, explain_line
from member_space.services.explanation_words import NOTICES, said_parts
from member_space.services.open_requests import under_way
from member_space.services.reimbursement import LineFilter, page_of_lines

_ = TranslationStringFactory("member_space")

MOST_OFFERED = 5
"""Cares among which one is asked to choose: more would be a list, and there is a page for it."""
MOST_TOLD = 3
OWN_REFUNDS = _("Vos remboursements")

PAID = {
    Payee.YOU: _("**${label}** du ${care_day} pour ${name}, ${fee} : nous vous avons viré ${share} le ${paid_day}."),
    Payee.HOLDER: _(
        "**${label}** du ${care_day} pour ${name}, ${fee} : nous avons viré ${share} au titulaire du contrat le "
        "${paid_day}."
    ),
    Payee.THIRD_PARTY: _(
        "**${label}** du ${care_day} pour ${name}, ${fee} : nous avons payé ${share} directement au professionnel le "
        "${paid_day}. Rien ne vous est donc versé."
    ),
}
TO_COME = _(
    "**${label}** du ${care_day} pour ${name}, ${fee} : le remboursement de ${share} est calculé, son virement est "
    "prévu le ${paid_day}."
)
NOT_PAID = _(
    "**${label}** du ${care_day} pour ${name}, ${fee} : le remboursement de ${share} est calculé, son virement n’est "
    "pas encore daté."
)
ZERO = _("**${label}** du ${care_day} pour ${name}, ${fee} : notre part est de 0 €. ${because}")
CARE = _("Soin")


def where(asking: Asking) -> Answer:
    """What was paid lately or is awaited, the demands under way, and how long it takes."""
    lines, named = _meant(asking)
    if named and not lines:
        return _none(asking)
    return asking.own(
        _where(asking, lines[:MOST_TOLD]),
        OWN_REFUNDS,
        asking.open("/remboursements", _("Voir tous mes remboursements")),
        asking.open("/demarches/remboursement", _("Envoyer une facture")),
    )


def _where(asking: Asking, lines: list[CareLine]) -> Iterator[str]:
    claims = [one for one in under_way(asking.db, asking.household).opened if one.request.kind == RequestKind.CLAIM]
    for one in claims:
        number, sent = one.request.number or "", one.request.sent_at
        if sent:
            yield asking.say(
                _("Votre demande de remboursement **${number}**, envoyée le ${day}, est entre nos mains."),
                number=number,
                day=asking.day(sent.date()),
            )
    if lines:
        yield asking.say(_("Les soins que nous connaissons :"))
        yield "\n".join(f"- {_fate(asking, line)}" for line in lines)
    elif not claims:
        yield asking.say(_("Nous n’avons encore reçu aucun soin à rembourser."))
    yield from _delay(asking)


def _fate(asking: Asking, line: CareLine) -> str:
    values = {
        "label": line.label or asking.label(CARE),
        "care_day": asking.day(line.care_date),
        "name": line.person_name,
        "fee": asking.euros(line.fee),
        "share": asking.euros(line.our_share),
    }
    if line.because:
        return asking.say(ZERO, **values, because=asking.label(line.because))
    if line.paid_on is None:
        return asking.say(NOT_PAID, **values)
    words = TO_COME if line.paid_on > asking.today else PAID[line.payee]
    return asking.say(words, **values, paid_day=asking.day(line.paid_on))


def _delay(asking: Asking) -> Iterator[str]:
    """How long it takes with the link, and who has none: he is paid only for what he sends."""
    people = beneficiaries_of(asking.db, asking.household)
    if asking.person:
        people = [one for one in people if one.person_id == asking.person.person_id]
    without = [
        one.name
        for one in people
        if one.is_covered and not any(link.state.kind is StateKind.ACTIVE for link in one.links)
    ]
    if without:
        yield asking.say(
            _(
                "La télétransmission n’est pas active pour ${names} : rien ne nous parvient tout seul. Envoyez-nous "
                "le décompte de la Sécurité sociale ou la facture."
            ),
            names=", ".join(without),
        )
    if len(without) < len(people) or not people:
        yield asking.say(
            _(
                "Un soin plus récent n’est pas là ? Avec la télétransmission, comptez 7 à 12 jours après le soin : la "
                "Sécurité sociale d’abord, puis nous."
            )
        )


def why(asking: Asking) -> Answer:
    """The explanation of the care that is meant, by the engine; which one, when several may be."""
    explained = _clicked(asking)
    if explained:
        return _explained(asking, explained)
    lines, named = _meant(asking)
    told = [line for line in lines if line.is_open]
    if lines and not told:
        return _closed(asking, lines[0])
    if not told:
        return _none(asking)
    if named and len(told) > 1:
        return _which(asking, told)
    found = _explanation(asking, told[0])
    answer = _explained(asking, found) if found else _none(asking)
    if named or len(told) == 1:
        return answer
    another = NextAction(Do.OPEN, asking.label(_("C’est un autre soin")), "/remboursements")
    return replace(answer, next_actions=(*answer.next_actions, another))


def _meant(asking: Asking) -> tuple[list[CareLine], bool]:
    """The latest cares that answer to what the question names, and whether it names one."""
    mention, person = asking.mention, asking.person
    kept = LineFilter(
        since=mention.since,
        until=mention.until,
        least=mention.amount,
        most=mention.amount,
        person_id=person.person_id if person else None,
    )
    filters = [replace(kept, family=family) for family in asking.families] or [kept]
    found = [line for one in filters for line in page_of_lines(asking.db, asking.household, one).lines]
    named = bool(mention.names_care or person or asking.families)
    return sorted(found, key=lambda line: (line.care_date, line.id), reverse=True), named


def _clicked(asking: Asking) -> Explanation | None:
    """The line that a button named; None for somebody else's as for no one's."""
    kind, _colon, place = asking.about.partition(":")
    statement, _colon, rank = place.partition(":")
    if kind != "line" or not (rank.isascii() and rank.isdigit() and len(rank) < 6):
        return None
    try:
        return explain_line(asking.db, asking.household, UUID(statement), int(rank))
    except ValueError:
        return None


def _explanation(asking: Asking, line: CareLine) -> Explanation | None:
    return explain_line(asking.db, asking.household, line.statement_id, line.rank)


def _explained(asking: Asking, found: Explanation) -> Answer:
    path = f"/remboursements/decomptes/{found.line.statement_id}"
    return asking.own(
        _story(asking, found),
        _("L’explication de votre décompte, par notre calcul"),
        asking.open(f"{path}/lignes/{found.line.rank}", _("Voir le calcul complet")),
        asking.open(path, _("Voir le décompte")),
    )


def _story(asking: Asking, found: Explanation) -> Iterator[str]:
    line = found.line
    yield asking.say(
        _("**${label}** du ${day} pour ${name} : ${fee} facturés."),
        label=line.label or asking.label(CARE),
        day=asking.day(line.care_date),
        name=line.person_name,
        fee=asking.euros(line.fee),
    )
    if found.verdict in NOTICES:
        yield asking.say(NOTICES[found.verdict])
    for part in said_parts(found.steps, asking.label, asking.locale):
        if part.name != Part.FEE.value:
            title = asking.say(
                _("**${title} : ${amount}.**"), title=asking.label(part.title), amount=asking.euros(part.amount)
            )
            yield " ".join([title, *(escaped(step.words) for step in part.steps)])


def _which(asking: Asking, lines: list[CareLine]) -> Answer:
    shown = lines[:MOST_OFFERED]
    words = _("Plusieurs soins répondent à votre question. Duquel s’agit-il ?")
    if len(lines) > MOST_OFFERED:
        words = _("Beaucoup de soins répondent à votre question ; voici les derniers. Duquel s’agit-il ?")
    actions = [
        NextAction(
            Do.ASK,
            asking.label(
                _("${label} du ${day}, ${name}, ${fee}"),
                label=line.label or asking.label(CARE),
                day=asking.day(line.care_date),
                name=line.person_name,
                fee=asking.euros(line.fee),
            ),
            f"line:{line.statement_id}:{line.rank}",
        )
        for line in shown
    ]
    actions.append(asking.open("/remboursements", _("Chercher dans tous mes remboursements")))
    return Answer(
        Kind.WHICH, asking.say(words), source=asking.label(OWN_REFUNDS), as_of=asking.today, next_actions=tuple(actions)
    )


def _closed(asking: Asking, line: CareLine) -> Answer:
    return asking.own(
        [
            asking.say(
                _(
                    "${name} ne montre pas le détail de ses soins : vous en voyez les montants, pas l’explication. "
                    "Cette personne la lit dans son propre espace."
                ),
                name=line.person_name,
            )
        ],
        OWN_REFUNDS,
        asking.open("/remboursements", _("Voir tous mes remboursements")),
    )


def _none(asking: Asking) -> Answer:
    return Answer(
        Kind.NOT_FOUND,
        asking.say(
            _(
                "Je ne trouve pas de soin qui y réponde parmi vos remboursements. Vérifiez la date ou le montant ; un "
                "soin tout récent peut ne pas encore nous être parvenu."
            )
        ),
        source=asking.label(OWN_REFUNDS),
        as_of=asking.today,
        next_actions=(
            asking.open("/remboursements", _("Chercher dans tous mes remboursements")),
            NextAction(Do.HUMAN, asking.label(_("Parler à un conseiller"))),
        ),
    )
