"""What the virtual adviser answers: an object, the same on the page, in the panel and for an assistant (C160)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self

QUESTION_MAX = 500
"""Characters of a question, and of a word left beside an opinion."""


class Kind(StrEnum):
    """Where an answer comes from, or why there is none."""

    FAQ = "faq"
    OWN = "own"
    WHICH = "which"
    NOT_FOUND = "not_found"
    UNKNOWN = "unknown"
    MEDICAL = "medical"
    EMERGENCY = "emergency"


class Do(StrEnum):
    """What one may do next: open a page (its path), call a number, send it an SMS, ask this (`about`), see a human."""

    OPEN = "open"
    CALL = "call"
    TEXT = "text"
    ASK = "ask"
    HUMAN = "human"


@dataclass(frozen=True, slots=True)
class NextAction:
    """``target``: the path, the number in figures, or what a question is about (« faq:slug », « line:statement:rank »);
    empty for a human."""

    do: Do
    label: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """``text``: Markdown, in which raw HTML is plain text; ``intent``: the question that was understood, None: none.

    ``source`` and ``as_of``: where it was read and of what day it is true; ``confidence``: from 0 to 1.
    """

    kind: Kind
    text: str
    intent: str | None = None
    source: str | None = None
    source_url: str | None = None
    as_of: date | None = None
    confidence: float = 1.0
    next_actions: tuple[NextAction, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As it is kept with the talk."""
        return {
            "kind": self.kind.value,
            "text": self.text,
            "intent": self.intent,
            "source": self.source,
            "source_url": self.source_url,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "confidence": round(self.confidence, 3),
            "next_actions": [
                {"do": one.do.value, "label": one.label, "target": one.target} for one in self.next_actions
            ],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Back from what `to_json` wrote."""
        actions = tuple(NextAction(Do(one["do"]), one["label"], one["target"]) for one in kept["next_actions"])
        as_of = date.fromisoformat(kept["as_of"]) if kept["as_of"] else None
        return cls(**{**kept, "kind": Kind(kept["kind"]), "as_of": as_of, "next_actions": actions})
