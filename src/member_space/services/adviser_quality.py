"""How good the adviser is: questions of members with the entries that answer them, asked of it one by one.

The questions were written apart from the entries, by who had not read them. Those of the set « tune » are for finding
weights and words; those of the set « held » are for measuring, and nothing is changed by reading them.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from sqlalchemy.orm import Session

from member_space.domain.refusal import Refusal
from member_space.services.faq import Ranking, find_answers
from member_space.services.tools import Tools

QUESTIONS = "adviser_questions.toml"
OUT = "out"
"""The family of the questions that no entry answers."""
_REFUSED = {"out-medical": Refusal.MEDICAL, "out-emergency": Refusal.EMERGENCY}


class QuestionsError(ValueError):
    """The file of questions cannot be used; the message names it and the question."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """``intents``: the slugs of the entries that answer, any of them; out-medical, out-emergency, or out-other."""

    text: str
    intents: frozenset[str]
    family: str
    split: str

    @property
    def refusals(self) -> set[Refusal]:
        return {_REFUSED[intent] for intent in self.intents & _REFUSED.keys()}


@dataclass(slots=True)
class Score:
    """Of a family: how many questions; how many were answered first, among the first three, wrongly, or not at all.

    Of a question that no entry answers, « first » says that it was told so, or sent to whom it is for. Wrong: an answer
    given as such, or a refusal, that is not the right one. A question without an answer given is never wrong.
    """

    asked: int = 0
    first: int = 0
    among: int = 0
    wrong: int = 0
    unsure: int = 0

    def add(self, other: "Score") -> None:
        self.asked += other.asked
        self.first += other.first
        self.among += other.among
        self.wrong += other.wrong
        self.unsure += other.unsure


def read_questions(path: Path | None = None) -> list[Labelled]:
    """The questions of a file, ours by default. Raises QuestionsError."""
    path = path or Path(str(files("member_space") / "reference" / QUESTIONS))
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))["question"]
        return [Labelled(one["text"], frozenset(one["intents"]), one["family"], one["split"]) for one in given]
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise QuestionsError(f"{path.name} : {error}") from None


def measure(db: Session, tools: Tools, questions: Iterable[Labelled]) -> dict[str, Score]:
    """The score of each family, in the order of the questions."""
    scores: dict[str, Score] = defaultdict(Score)
    for question in questions:
        scores[question.family].add(_score(question, find_answers(db, tools, question.text, locale="fr")))
    return dict(scores)


def total(scores: Iterable[Score]) -> Score:
    """All of them together."""
    whole = Score()
    for one in scores:
        whole.add(one)
    return whole


def _score(question: Labelled, ranking: Ranking) -> Score:
    slugs = [one.slug for one in ranking.answers]
    given = bool(ranking.refusal) or ranking.sure
    if ranking.refusal:
        first = among = ranking.refusal in question.refusals
    elif question.family == OUT:
        first = among = not given and "out-other" in question.intents
    else:
        first = bool(slugs) and slugs[0] in question.intents
        among = not question.intents.isdisjoint(slugs[:3])
    right = ranking.refusal in question.refusals if ranking.refusal else bool(slugs) and slugs[0] in question.intents
    return Score(asked=1, first=first, among=among, wrong=given and not right, unsure=not given)
