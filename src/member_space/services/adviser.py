"""The virtual adviser: one question, one answer, by rules (C160).

Emergencies and medical questions are turned away first, by rules of their own (domain.refusal). Then the ranking of the
FAQ says what is meant; where that is something of the member's own data, the answer is read there by the services of
the pages, with what they let him see. What a question orders is only words: nothing here does anything but read.
"""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.orm import Session
from translationstring import TranslationStringFactory

from member_space.domain.adviser import Answer, Do, Kind, NextAction
from member_space.domain.refusal import Refusal, refusal_of
from member_space.services import adviser_refunds, adviser_requests, adviser_situation
from member_space.services import faq as faqs
from member_space.services.adviser_asking import Asking
from member_space.services.household import Household
from member_space.services.tools import Tools

_ = TranslationStringFactory("member_space")

OWN: dict[str, Callable[[Asking], Answer]] = {
    "refund-where": adviser_refunds.where,
    "refund-why-amount": adviser_refunds.why,
    "noemie-active": adviser_situation.link,
    "card-download": adviser_situation.card,
    "card-validity": adviser_situation.card,
    "contract-ceilings": adviser_situation.ceilings,
    "request-status": adviser_requests.status,
    "quote-status": adviser_requests.quote_status,
    "request-pieces": adviser_requests.pieces,
    "human-hours": adviser_situation.hours,
}
"""The questions whose answer is in his own data, or in our calendar."""
TO_A_HUMAN = frozenset({"human-talk", "human-complaint"})
NUMBERS = (
    (Do.CALL, "15", _("15 — SAMU, urgence médicale")),
    (Do.CALL, "112", _("112 — toutes les urgences")),
    (Do.TEXT, "114", _("114 — par SMS, si vous ne pouvez pas parler")),
    (Do.CALL, "3114", _("3114 — prévention du suicide, jour et nuit")),
)
"""Whom somebody in danger calls, or writes to."""
OFFERED = 3
TALK = _("Parler à un conseiller")


def answer(db: Session, tools: Tools, household: Household, question: str, *, locale: str, about: str = "") -> Answer:
    """What the adviser answers to a question, of `QUESTION_MAX` characters at most; a bounded number of statements.

    ``about``: what the button that asked it named; anything else than what we wrote there is as if it were empty.
    """
    asking = Asking(db, tools, household, question, locale, about)
    refusal = refusal_of(question)
    if refusal:
        return _refused(asking, refusal)
    if about.startswith("line:"):
        return replace(adviser_refunds.why(asking), intent="refund-why-amount")
    chosen = faqs.faq_entry(db, tools, about.removeprefix("faq:"), locale) if about.startswith("faq:") else None
    if chosen:
        return _of_entry(asking, chosen, 1.0)
    if asking.mention.number:
        # Whatever else it says: a number is a request's.
        return replace(adviser_requests.status(asking), intent="request-status")
    ranking = faqs.find_answers(db, tools, question, locale=locale, limit=OFFERED)
    if not ranking.sure:
        return _unknown(asking, ranking)
    return _of_entry(asking, ranking.answers[0], ranking.answers[0].confidence)


def _of_entry(asking: Asking, entry: faqs.Answer, confidence: float) -> Answer:
    if entry.slug in OWN:
        return replace(OWN[entry.slug](asking), intent=entry.slug, confidence=confidence)
    actions = tuple(NextAction(Do.OPEN, link.label, link.path) for link in entry.links)
    human = (NextAction(Do.HUMAN, asking.label(TALK)),) if entry.slug in TO_A_HUMAN else ()
    return Answer(
        Kind.FAQ,
        entry.answer_markdown.strip(),
        intent=entry.slug,
        source=entry.source,
        source_url=entry.source_url,
        as_of=entry.as_of,
        confidence=confidence,
        next_actions=(*human, *actions),
    )


def _unknown(asking: Asking, ranking: faqs.Ranking) -> Answer:
    """« Je ne sais pas », the nearest questions, and a human."""
    near = tuple(NextAction(Do.ASK, one.question, f"faq:{one.slug}") for one in ranking.answers)
    words = _("Je ne sais pas répondre à cette question.")
    if near:
        words = _("Je ne sais pas répondre à cette question. Est-ce l’une de celles-ci ?")
    return Answer(
        Kind.UNKNOWN,
        asking.say(words),
        intent=ranking.answers[0].slug if ranking.answers else None,
        confidence=ranking.answers[0].confidence if ranking.answers else 0.0,
        next_actions=(*near, NextAction(Do.HUMAN, asking.label(TALK))),
    )


def _refused(asking: Asking, refusal: Refusal) -> Answer:
    if refusal is Refusal.EMERGENCY:
        return Answer(
            Kind.EMERGENCY,
            asking.say(
                _(
                    "**Appelez tout de suite le 15 ou le 112.** Si vous ne pouvez pas parler ou entendre, écrivez au "
                    "114. Je suis une machine : je ne peux pas vous secourir."
                )
            ),
            next_actions=tuple(NextAction(do, asking.label(words), number) for do, number, words in NUMBERS),
        )
    return Answer(
        Kind.MEDICAL,
        asking.say(
            _(
                "Je ne donne pas d’avis médical. Demandez-le à votre médecin ou à votre pharmacien ; en cas d’urgence, "
                "appelez le 15 ou le 112. Je peux vous dire ce que votre contrat rembourse."
            )
        ),
        next_actions=(
            asking.open("/professionnels-de-sante", _("Trouver un professionnel de santé")),
            NextAction(Do.CALL, asking.label(_("15 — SAMU, urgence médicale")), "15"),
        ),
    )
