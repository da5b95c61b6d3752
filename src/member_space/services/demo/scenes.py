"""The requests of the demo as they are written in scenes.toml, and a month of others so that a usual time can be told.

Days are counted back in working days from the day of the demo, so that it always looks like the office of that morning.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from member_space.services.demo.papers import PaperFile

HANDLER = "conseiller@demo.example"
AUTHORS = ("P-1001", "P-2001", "P-2002", "P-3001", "P-3002")
CASES = 20
"""As many as make a usual time (services.usual_time.FEWEST), of claims and of messages."""
FEE = 6000
SESSION = {"label": "Séance d’ostéopathie", "asked": FEE, "granted": 3000, "reason": "contract_rate"}
PAID = "Bonjour, votre séance est remboursée de 30\N{NO-BREAK SPACE}€, le montant de votre garantie."


@dataclass(frozen=True, slots=True)
class Do:
    """One step: `what` names a method of demo.requests.Player, so many working days ago, at that hour of Paris."""

    days: int
    hour: str
    what: str
    words: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[PaperFile] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """One request: by whom, about whom, its facts, and its steps. ``unread``: the member has not opened the answer.

    ``care``: how many days before the sending. ``dates``: facts that are days, in days from the day of the demo.
    """

    author: str
    topic: str
    steps: tuple[Do, ...]
    words: str = ""
    about: str = ""
    care: int | None = None
    amount: int | None = None
    details: dict[str, Any] = field(default_factory=dict)
    dates: dict[str, int] = field(default_factory=dict)
    handler: str = HANDLER
    unread: bool = False

    @property
    def kind(self) -> str:
        return self.topic.partition(".")[0]


def scenes() -> list[Scene]:
    """All of them, always the same."""
    content = tomllib.loads((files("member_space.services.demo") / "scenes.toml").read_text(encoding="utf-8"))
    told = [Scene(**one | {"steps": tuple(_step(**step) for step in one["steps"])}) for one in content["scene"]]
    return told + list(_month(content["question"]))


def _step(files: Sequence[dict[str, str]] = (), **values: Any) -> Do:
    return Do(**values, files=tuple(PaperFile(**file) for file in files))


def _month(questions: list[dict[str, str]]) -> Iterator[Scene]:
    """Most working days somebody sends a claim and asks a question; they are settled that day or the next."""
    for n in range(CASES):
        author, sent, question = AUTHORS[n % len(AUTHORS)], 2 + n * 3 // 4, questions[n % len(questions)]
        done = sent - (1 if n % 3 else 0)
        send = Do(sent, f"{9 + n % 3:02d}:{10 + 2 * n}", "send")
        answer = Do(done, f"{14 + n % 4}:05", "answer", question["answer"])
        yield Scene(author, question["topic"], (send, Do(done, "13:45", "take"), answer), question["words"])
        decide = Do(done, f"{13 + n % 5}:25", "decide", PAID, {"lines": [SESSION]})
        yield Scene(
            author,
            "claim.alternative",
            (send, Do(done, "13:05", "take"), decide),
            "Séance d’ostéopathie du mois, facture acquittée.",
            care=5,
            amount=FEE,
        )
