"""What did not help, for the office that mends the answers: by question understood, without whose they were."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from member_space.models import AdviserTurn, FaqVersion
from member_space.models.adviser import TO_LOOK_AT
from member_space.services.tools import Tools

MOST = 200
"""The latest: what is older is gone within thirty days anyway."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A question as typed. ``unknown``: « je ne sais pas », otherwise « pas utile »."""

    asked_at: datetime
    question: str
    unknown: bool
    word: str


@dataclass(frozen=True, slots=True)
class MissedIntent:
    """The entry that was understood, or the nearest; ``intent``: its slug, None: nothing was near."""

    intent: str | None
    title: str | None
    missed: tuple[Missed, ...]


def missed_questions(db: Session, tools: Tools) -> list[MissedIntent]:
    """Those of the last thirty days, the entries missed most often first; two statements."""
    query = select(AdviserTurn).where(text(TO_LOOK_AT)).order_by(AdviserTurn.id.desc()).limit(MOST)
    rows = sorted(db.scalars(query), key=lambda row: row.intent or "")
    newest = select(FaqVersion.slug, FaqVersion.question).distinct(FaqVersion.slug)
    newest = newest.order_by(FaqVersion.slug, FaqVersion.version.desc())
    titles = {row.slug: row.question for row in db.execute(newest)}
    groups = groupby(rows, key=lambda row: row.intent)
    found = [MissedIntent(intent, titles.get(intent or ""), tuple(_missed(tools, part))) for intent, part in groups]
    return sorted(found, key=lambda one: (-len(one.missed), one.intent or ""))


def _missed(tools: Tools, rows: Iterator[AdviserTurn]) -> Iterator[Missed]:
    for row in rows:
        yield Missed(
            row.asked_at,
            tools.cipher.decrypt(row.question),
            row.kind == "unknown",
            tools.cipher.decrypt(row.word) if row.word else "",
        )
