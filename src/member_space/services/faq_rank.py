"""Which entry a question is about, by three measures: the meaning (the sentence encoder), the letters, and French full
text. The last two decide alone where there is no encoder, or while it is loaded.
"""

import threading
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest
from itertools import accumulate, chain, pairwise
from math import exp
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session
from zope.interface.interfaces import ComponentLookupError

from member_space.domain.text import fold
from member_space.interfaces import ISentenceEncoder
from member_space.services.faq_likeness import Letters, Words
from member_space.services.tools import Tools

NEAREST = 3
"""Ways to ask of an entry that count, the nearest: one alone may be alike by chance."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An entry as it is looked for: its ways to be asked, and their French stems as PostgreSQL has them."""

    ways: tuple[str, ...]
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """Of each measure in a score, and what a score and its lead over the best other make of the odds that it is right.

    Fitted on the questions of the set « tune », never on those that measure (docs/adviser.md).
    """

    meaning: float
    letters: float
    words: float
    base: float
    score: float
    lead: float


WITH_ENCODER = Weights(meaning=0.42, letters=0.42, words=0.16, base=-2.9, score=6.3, lead=18.6)
BY_WORDS = Weights(meaning=0.0, letters=0.77, words=0.23, base=-2.0, score=4.8, lead=10.0)
SURE = 0.75
"""The least confidence at which the best is given as the answer: below, three of four would still be right."""


_STEMS = text("select tsvector_to_array(to_tsvector('french', :question))")


def rank(db: Session, tools: Tools, question: str, entries: tuple[Asked, ...]) -> list[float]:
    """How likely it is that the question is about each entry, in their order, from 0 to 1; one statement."""
    index = _index_of(entries)
    stems = db.scalar(_STEMS, {"question": fold(question)})
    letters = index.letters.likeness(question)
    meaning = _meaning(tools, question, index)
    weights = BY_WORDS if meaning is None else WITH_ENCODER
    ways = [
        weights.letters * by_letters + weights.meaning * by_meaning
        for by_letters, by_meaning in zip(letters, meaning or [0.0] * len(letters), strict=True)
    ]
    near = (nlargest(NEAREST, ways[start:end]) for start, end in index.spans)
    covered = index.words.covered(stems or ())
    scores = [sum(best) / len(best) + weights.words * share for best, share in zip(near, covered, strict=True)]
    return _confidences(scores, weights)


def _confidences(scores: list[float], weights: Weights) -> list[float]:
    first, *others = nlargest(2, scores)
    second = others[0] if others else 0.0
    leads = (score - (first if score < first else second) for score in scores)
    odds = (weights.base + weights.score * s + weights.lead * lead for s, lead in zip(scores, leads, strict=True))
    return [1 / (1 + exp(-one)) for one in odds]


class _Index:
    """What is made of the entries, once. ``spans``: where the ways of each begin and end, among those of all."""

    def __init__(self, entries: tuple[Asked, ...]) -> None:
        self.ways = list(chain.from_iterable(entry.ways for entry in entries))
        ends = list(accumulate(len(entry.ways) for entry in entries))
        self.spans = list(pairwise((0, *ends)))
        self.letters = Letters([entry.ways for entry in entries])
        self.words = Words([entry.stems for entry in entries])
        self.vectors: Any = None


_index_of = lru_cache(maxsize=2)(_Index)
_vectors: dict[str, Any] = {}
"""Of each way to ask, by its very words: an edited entry has new ones, the others are not encoded again."""
_encoding = threading.Lock()


def _meaning(tools: Tools, question: str, index: _Index) -> list[float] | None:
    """The cosine of each way to ask; None without an encoder, or while another thread encodes them all."""
    try:
        encoder = tools.find(ISentenceEncoder)
    except ComponentLookupError:
        return None
    if index.vectors is None:
        if not _encoding.acquire(blocking=False):
            return None
        try:
            _encode(encoder, index)
        finally:
            _encoding.release()
    [asked] = encoder.encode([question])
    return [float(one) for one in index.vectors @ asked]


def _encode(encoder: ISentenceEncoder, index: _Index) -> None:
    import numpy

    missing = [way for way in dict.fromkeys(index.ways) if way not in _vectors]
    if missing:
        _vectors.update(zip(missing, encoder.encode(missing), strict=True))
    vectors = numpy.stack([_vectors[way] for way in index.ways])
    for way in _vectors.keys() - set(index.ways):
        del _vectors[way]
    index.vectors = vectors
