"""What did not help, for the office that mends the answers: by question understood, without whose they were.

Who asked may be guessed by what he asked: he is told that it was read (`Shown`), as of anything of his file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import select, text
from sqlalchemy.orm import Session
from translationstring import TranslationStringFactory

from member_space.models import Account, AdviserTalk, AdviserTurn, FaqVersion
from member_space.models.adviser import TO_LOOK_AT
from member_space.services.readings import Shown
from member_space.services.tools import Tools

_ = TranslationStringFactory("member_space")

REASON = _("Améliorer les réponses du conseiller virtuel")
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


def missed_questions(db: Session, tools: Tools, shown: Shown) -> list[MissedIntent]:
    """Those of the last thirty days, the entries missed most often first; two statements. Who asked is noted."""
    asked_by = select(AdviserTurn, Account.person_id).join(AdviserTalk, AdviserTalk.id == AdviserTurn.talk_id)
    query = asked_by.join(Account, Account.id == AdviserTalk.account_id).where(text(TO_LOOK_AT))
    found = db.execute(query.order_by(AdviserTurn.id.desc()).limit(MOST)).all()
    shown.note(person_id for _row, person_id in found)
    rows = sorted((row for row, _person_id in found), key=lambda row: row.intent or "")
    newest = select(FaqVersion.slug, FaqVersion.question).distinct(FaqVersion.slug)
    newest = newest.order_by(FaqVersion.slug, FaqVersion.version.desc())
    titles = {row.slug: row.question for row in db.execute(newest)}
    groups = groupby(rows, key=lambda row: row.intent)
    missed = [MissedIntent(intent, titles.get(intent or ""), tuple(_missed(tools, part))) for intent, part in groups]
    return sorted(missed, key=lambda one: (-len(one.missed), one.intent or ""))


def _missed(tools: Tools, rows: Iterator[AdviserTurn]) -> Iterator[Missed]:
    for row in rows:
        yield Missed(
            row.asked_at,
            tools.cipher.decrypt(row.question),
            row.kind == "unknown",
            tools.cipher.decrypt(row.word) if row.word else "",
        )
