"""The adviser: from a question asked in the panel to its answer shown, in process; and its ranking alone, beside
encoding the question and one cosine."""

import statistics
from collections.abc import Callable
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

from pyramid.request import Request
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from benchmarks.home_and_list import Site
from benchmarks.inbox import CSRF
from benchmarks.large import ensure, settings, version_of
from benchmarks.measure import beside, best_of, under
from member_space.config import tools_of
from member_space.interfaces import ISentenceEncoder
from member_space.security.logs import configure_logging
from member_space.security.policy import cookie_name
from member_space.services.adviser_quality import read_questions
from member_space.services.faq import find_answers
from member_space.services.faq_file import load_faq

PACKAGE = Path(__file__).parent.parent / "src/member_space"
MEMBERS = 10_000
MILLISECONDS = 60
TIMES_THE_ENCODING = 5
"""The entries are read each time: an edit is answered from at once."""
QUESTIONS = 120
RUNS = 3
"""Of each question, the best of which counts."""


def run() -> list[dict[str, object]]:
    """The time of ninety-five questions of a hundred, whole and ranked alone; the ranking beside the bare encoding."""
    configure_logging("json", StringIO())
    with Site(MEMBERS) as site:
        return [*ranking(), answers(site)]


def answers(site: Site) -> dict[str, object]:
    """Each question once, by members in turn, whose talks grow: found, read in their own data, kept, shown."""
    with Session(site.engine) as db:
        load_faq(db)
        db.commit()
    asked = _questions()
    times = []
    for turn, question in enumerate([*asked[: len(site.tokens)], *asked]):
        ask = partial(_ask, site.app, site.tokens[turn % len(site.tokens)], question)
        # Each member's first opens his talk: as in life, it is not what is measured.
        times.append(best_of(1, ask))
    slow = statistics.quantiles(times[len(site.tokens) :], n=20, method="inclusive")[-1]
    return under("the adviser, from question to shown answer: 95 of 100", slow * 1000, "ms", MILLISECONDS)


def _ask(app: Callable[..., Any], token: str, question: str) -> None:
    headers = {"Cookie": f"{cookie_name(settings())}={token}; csrf={CSRF}", "X-Requested-With": "XMLHttpRequest"}
    fields = {"csrf_token": CSRF, "question": question}
    response = Request.blank("/conseiller", headers=headers, POST=fields).get_response(app)
    if response.status_int != 200:
        raise RuntimeError(f"{question}: {response.status}")


def _questions() -> list[str]:
    every = [one.text for one in read_questions()]
    return every[:: len(every) // QUESTIONS]


def ranking() -> list[dict[str, object]]:
    """The entries that answer a question, found."""
    sources = (*sorted((PACKAGE / "migrations/versions").glob("*.py")), PACKAGE / "reference/faq.toml")
    engine = ensure("adviser", version_of(sources), _make)
    tools = tools_of(settings(), engine)
    encoder = tools.find(ISentenceEncoder)
    questions = _questions()
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
        under("the ranking of the adviser: 95 questions of 100", slow * 1000, "ms", MILLISECONDS),
        beside(
            "the ranking of the adviser, beside encoding the question",
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
