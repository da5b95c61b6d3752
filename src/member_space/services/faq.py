"""The questions that members ask and their answers: one of them, and those that answer a question in other words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from heapq import nlargest
from operator import itemgetter
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from member_space.domain.adviser import QUESTION_MAX
from member_space.domain.refusal import Refusal, refusal_of
from member_space.models import FaqEntry, FaqVersion
from member_space.services.content import filled, render
from member_space.services.faq_rank import SURE, Asked, rank
from member_space.services.tools import Tools
from member_space.settings import Settings


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the space where the thing is done."""

    path: str
    label: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An entry in one language. ``language``: the one it is in, French where it was not translated.

    ``answer_markdown``: its placeholders are filled; raw HTML in it is plain text (services.content.render).
    ``as_of``: the day on which it was checked against its source. ``version_id``: of these very words.
    """

    slug: str
    family: str
    version_id: int
    version: int
    language: str
    question: str
    answer_markdown: str
    source: str
    source_url: str | None
    as_of: date
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class RankedAnswer(Answer):
    """``confidence``: from 0 to 1, how likely it is what was meant."""

    confidence: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """The nearest answers, the best first. ``sure``: whether the first one may be given as the answer; otherwise « je
    ne sais pas », and these are at most what may be offered. ``refusal``: no answer at all, another word is due.
    """

    answers: tuple[RankedAnswer, ...]
    sure: bool
    refusal: Refusal | None = None


def faq_entry(db: Session, tools: Tools, slug: str, locale: str) -> Answer | None:
    """The latest words of an entry; None when it is unknown or taken out of use."""
    row = db.execute(LATEST.where(FaqEntry.slug == slug)).one_or_none()
    return Answer(**_words(row, tools.settings, locale)) if row else None


def find_answers(db: Session, tools: Tools, question: str, *, locale: str, limit: int = 3) -> Ranking:
    """The entries that answer a question typed in any words, French or, where the encoder is, any of its languages.

    Two statements at most. Nothing of the question is kept.
    """
    question = readable(question)
    refusal = refusal_of(question)
    if refusal:
        return Ranking((), sure=False, refusal=refusal)
    rows = db.execute(LATEST).all()
    if not rows or not question:
        return Ranking((), sure=False)
    confidences = rank(db, tools, question, tuple(Asked(_ways(row), tuple(row.stems)) for row in rows))
    best = nlargest(limit, enumerate(confidences), key=itemgetter(1))
    answers = tuple(RankedAnswer(**_words(rows[i], tools.settings, locale), confidence=one) for i, one in best)
    return Ranking(answers, sure=bool(answers) and answers[0].confidence >= SURE)


def _ways(row: Row[Any]) -> tuple[str, ...]:
    """The questions that an entry answers."""
    return tuple(filter(None, (row.question, row.question_en, *row.paraphrases)))


def readable(question: str) -> str:
    """What can be read of what somebody typed: no NUL nor half of a pair of surrogates, no more than is read."""
    return question[:QUESTION_MAX].encode("utf-8", "ignore").decode().replace("\0", " ").strip()


def shown(settings: Settings, answer: str) -> str:
    """The Markdown of an answer as safe HTML, its placeholders filled in."""
    return render(filled(answer, values_of(settings), escape=True))


def values_of(settings: Settings) -> Mapping[str, str]:
    """What the placeholders of an answer stand for."""
    brand = settings.brand
    return {
        "brand": brand.name,
        "phone": brand.phone_shown,
        "postal_address": brand.postal_address,
        "complaints_address": brand.complaints_address,
        "mediator": brand.mediator,
    }


def _words(row: Row[Any], settings: Settings, locale: str) -> dict[str, Any]:
    english = locale == "en" and bool(row.question_en and row.answer_en)
    language = "en" if english else "fr"
    return {
        "slug": row.slug,
        "family": row.family,
        "version_id": row.id,
        "version": row.version,
        "language": language,
        "question": row.question_en if english else row.question,
        "answer_markdown": filled(row.answer_en if english else row.answer, values_of(settings), escape=True),
        "source": row.source,
        "source_url": row.source_url,
        "as_of": row.as_of,
        "links": tuple(Link(one["path"], one.get(locale) or one["fr"]) for one in row.links),
    }


_NEWEST = (
    select(FaqVersion.slug, func.max(FaqVersion.version).label("version")).group_by(FaqVersion.slug).subquery("newest")
)
# Columns rather than entities: what is made of them is kept while they are the same (services.faq_rank).
LATEST = (
    select(
        *(FaqVersion.id, FaqVersion.slug, FaqEntry.family, FaqVersion.version),
        *(FaqVersion.question, FaqVersion.paraphrases, FaqVersion.answer, FaqVersion.question_en, FaqVersion.answer_en),
        *(FaqVersion.source, FaqVersion.source_url, FaqVersion.links, FaqVersion.as_of),
        func.tsvector_to_array(FaqVersion.words).label("stems"),
    )
    .join(FaqEntry, FaqEntry.slug == FaqVersion.slug)
    .join(_NEWEST, (_NEWEST.c.slug == FaqVersion.slug) & (_NEWEST.c.version == FaqVersion.version))
    .where(FaqVersion.retired.is_(False))
    .order_by(FaqEntry.position, FaqEntry.slug)
)
