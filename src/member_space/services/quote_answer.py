"""« Réponse au devis » as a tagged PDF, in the language of its member: the figures and where each comes from (C82)."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.orm import Session
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.dates import date_short
from member_space.domain.decision import ESTIMATE_LASTS, Line, total_of
from member_space.domain.money import Money, format_money
from member_space.domain.opening_hours import PARIS
from member_space.domain.request import RequestKind
from member_space.interfaces import IPdf
from member_space.models import Contract, Message, Person, Request
from member_space.services.decision_paper import make_paper
from member_space.services.decision_words import REASONS
from member_space.services.letterhead import letterhead
from member_space.services.quote_answer_words import CAVEAT, EstimateWords
from member_space.services.quote_desk import is_open_to_author
from member_space.services.request_desk import language_of
from member_space.services.tools import Tools
from member_space.services.translation import Translate, translate_in

_ = TranslationStringFactory("member_space")

PREFIX = "reponse-devis"
"""What the name of the document begins with, before the number of the quote."""
AT_MOST = _("${amount} au plus")


def make_answer(db: Session, tools: Tools, message_id: int, version: int) -> None:
    """The job; done twice, it makes one. ``message_id``: of the letter; ``version``: of the request after it."""
    make_paper(db, tools, message_id, version, PREFIX, to_pdf)


def to_pdf(db: Session, tools: Tools, request: Request, lines: Sequence[Line], message: Message) -> bytes:
    """The document, dated by its decision: the same decision has the same bytes."""
    language = language_of(db, request)
    is_open = is_open_to_author(db, request, tools.today())
    answer = _Answer(translate_in(language), language, is_open)
    data = answer.document(db, tools, request, lines, message)
    pdf: bytes = tools.find(IPdf).render("quote_answer.typ", data, int(message.sent_at.timestamp()))
    return pdf


class _Answer:
    """All the text of the document, so that the template only lays it out."""

    def __init__(self, translate: Translate, language: str, is_open: bool) -> None:
        self._say, self._language, self._is_open = translate, language, is_open
        self._words = EstimateWords(translate, language, date_short, translate)

    def document(
        self, db: Session, tools: Tools, request: Request, lines: Sequence[Line], message: Message
    ) -> dict[str, Any]:
        say, brand = self._say, tools.settings.brand
        decided = message.sent_at.astimezone(PARIS).date()
        until = date_short(decided + ESTIMATE_LASTS)
        facts = [
            (_("Devis"), request.number),
            (_("Répondu le"), date_short(decided)),
            (_("Valable jusqu’au"), until),
            *_insured(db, request),
            (_("Garanties"), next((line.estimate.table_label for line in lines if line.estimate), None)),
        ]
        total = total_of(lines, say(_("Au total")))
        columns = (*(_("Soin"), _("Prix"), _("Base"), _("Assurance Maladie"), _("Notre part"), _("Il vous restera")),)
        return {
            **letterhead(brand, self._language, say),
            "title": say(_("Réponse au devis ${number}") % {"number": request.number}),
            "facts": [[say(label), value] for label, value in facts if value],
            "amounts_title": say(_("Qui paie quoi")),
            "columns": [say(one) for one in columns],
            "rows": [self._row(line) for line in lines],
            "total": self._row(total) if len(lines) > 1 else None,
            "caveat": say(CAVEAT % {"day": until}),
            "lines_title": say(_("D’où viennent ces montants")),
            "lines": [{"title": line.label, "facts": list(self._facts(line))} for line in lines],
        }

    def _row(self, line: Line) -> list[str]:
        base = line.estimate.base if line.estimate else None
        amo = None if line.amo is None and line.asked else line.amo or 0
        left = self._money(line.left)
        return [
            line.label,
            self._money(line.asked),
            self._money(base),
            self._money(amo),
            self._money(line.granted),
            left if amo is not None else self._say(AT_MOST % {"amount": left}),
        ]

    def _facts(self, line: Line) -> Iterator[list[str]]:
        told = line.estimate
        if told:
            shown = told if self._is_open else told.without_ceilings()
            yield from (list(one) for one in self._words.facts(shown))
        if line.reason:
            words = REASONS[line.reason]
            yield [self._say(_("Ce qui n’est pas payé")), self._say(words.told)]
            yield [self._say(_("Ce que vous pouvez faire")), self._say(words.next_step_of(RequestKind.QUOTE))]
        if line.note:
            yield [self._say(_("Précision")), line.note]

    def _money(self, cents: Money | None) -> str:
        return "–" if cents is None else format_money(cents, self._language)


def _insured(db: Session, request: Request) -> Iterator[tuple[TranslationString, str]]:
    person = db.get_one(Person, request.person_id or request.author_person_id)
    contract = db.get_one(Contract, request.contract_id)
    yield _("Personne"), f"{person.first_name} {person.last_name}"
    yield _("Numéro d’adhérent"), contract.member_number
    yield _("Contrat"), contract.number
