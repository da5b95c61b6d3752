"""How alike a short text is to others: by the letters of its words, which a slip of the finger changes little, and by
how many of its telling words they have."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from math import log, sqrt

from member_space.domain.text import fold

_WORD = re.compile(r"[^\W_]+")
_SIZES = (2, 3, 4)
"""Letters of a piece of a word, its two ends counted."""
_LONGEST_WORD = 40
"""Letters of a word that are looked at: the longest of French has 25."""


def telling(texts_with_it: int, texts: int) -> float:
    """How much a word tells: the rarer the more (inverse document frequency); 0 is never reached."""
    return log((texts + 1) / (texts_with_it + 0.5))


class Letters:
    """Groups of texts, as the pieces of their words."""

    def __init__(self, groups: Sequence[Sequence[str]]) -> None:
        import numpy

        self._texts = sum(map(len, groups))
        pieces = [[_pieces(text) for text in group] for group in groups]
        having = Counter(piece for group in pieces for piece in set().union(*group))
        self._telling = {piece: telling(many, len(groups)) for piece, many in having.items()}
        self._unknown = telling(0, len(groups))
        found: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, counted in enumerate(one for group in pieces for one in group):
            for piece, weight in self._weighed(counted).items():
                found[piece].append((place, weight))
        # Of each piece: the texts that have it, and its weight in each.
        self._where = {piece: tuple(map(numpy.array, zip(*having, strict=True))) for piece, having in found.items()}

    def likeness(self, text: str) -> list[float]:
        """Of each text, one group after the other: from 0, nothing in common, to 1, the same words (cosine)."""
        import numpy

        scores = numpy.zeros(self._texts)
        for piece, weight in self._weighed(_pieces(text)).items():
            if piece in self._where:
                places, weights = self._where[piece]
                scores[places] += weight * weights
        found: list[float] = scores.tolist()
        return found

    def _weighed(self, counted: Counter[str]) -> dict[str, float]:
        """Of length 1."""
        weights = {p: (1 + log(many)) * self._telling.get(p, self._unknown) for p, many in counted.items()}
        length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {piece: weight / length for piece, weight in weights.items()}


def _pieces(text: str) -> Counter[str]:
    pieces: Counter[str] = Counter()
    for word in _WORD.findall(fold(text)):
        marked = f" {word[:_LONGEST_WORD]} "
        for size in _SIZES:
            pieces.update(marked[i : i + size] for i in range(len(marked) - size + 1))
    return pieces


class Words:
    """Groups of texts, as the set of the words that each has."""

    def __init__(self, groups: Sequence[Collection[str]]) -> None:
        self._groups = [frozenset(group) for group in groups]
        having = Counter(word for group in self._groups for word in group)
        self._telling = {word: telling(many, len(groups)) for word, many in having.items()}
        self._unknown = telling(0, len(groups))

    def covered(self, words: Collection[str]) -> list[float]:
        """Of each group: the share of what these words tell that it has, from 0 to 1. A word that none has counts."""
        weights = {word: self._telling.get(word, self._unknown) for word in set(words)}
        whole = sum(weights.values()) or 1.0
        return [sum(weights[word] for word in weights.keys() & group) / whole for group in self._groups]
