"""The adviser's ranking: finding the entries that answer a question, beside encoding that question and one cosine."""

import statistics
from functools import partial
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from benchmarks.large import ensure, settings, version_of
from benchmarks.measure import beside, best_of, under
from member_space.config import tools_of
from member_space.interfaces import ISentenceEncoder
from member_space.services.adviser_quality import read_questions
from member_space.services.faq import find_answers
from member_space.services.faq_file import load_faq

PACKAGE = Path(__file__).parent.parent / "src/member_space"
MILLISECONDS = 60
TIMES_THE_ENCODING = 4
QUESTIONS = 120
RUNS = 3
"""Of each question, the best of which counts."""


def run() -> list[dict[str, object]]:
    """The time of ninety-five questions of a hundred; and all of them beside the bare encoding."""
    sources = (*sorted((PACKAGE / "migrations/versions").glob("*.py")), PACKAGE / "reference/faq.toml")
    engine = ensure("adviser", version_of(sources), _make)
    tools = tools_of(settings(), engine)
    encoder = tools.find(ISentenceEncoder)
    every = [one.text for one in read_questions()]
    questions = every[:: len(every) // QUESTIONS]
    with Session(engine) as db:
        find_answers(db, tools, questions[0], locale="fr")
        [entry] = encoder.encode(["ma carte de tiers payant"])
        times = [
            (
                best_of(RUNS, partial(find_answers, db, tools, question, locale="fr")),
                best_of(RUNS, lambda question=question: encoder.encode([question])[0] @ entry),
            )
            for question in questions
        ]
    ours, floor = zip(*times, strict=True)
    slow = statistics.quantiles(ours, n=20, method="inclusive")[-1]
    return [
        under("an answer of the adviser: 95 questions of 100", slow * 1000, "ms", MILLISECONDS),
        beside(
            "an answer of the adviser, beside encoding the question",
            statistics.mean(ours) * 1000,
            "ms",
            TIMES_THE_ENCODING,
            floor=statistics.mean(floor) * 1000,
        ),
    ]


def _make(engine: Engine) -> None:
    with Session(engine) as db:
        load_faq(db)
        db.commit()
