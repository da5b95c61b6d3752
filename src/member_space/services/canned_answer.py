"""Answers ready to send: the team's and one's own, in folders, versioned, filled from the request (C107)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.models import CannedAnswer
from member_space.services.events import record
from member_space.services.request_search import searchable, words_of
from member_space.services.sessions import OfficeIdentity
from member_space.services.tools import Origin, Tools

VARIABLES = ("prenom", "nom", "numero", "date_soin", "montant", "conseiller")
"""What the request fills in; ``{{?words}}`` is a blank that the handler fills in."""
_HOLE = re.compile(r"\{\{([^{}]*)\}\}")
"""One class, repeated once: whatever is typed is read in one pass. What is inside is told apart by `_read`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The latest version of one."""

    answer_id: UUID
    version: int
    folder: str
    title: str
    body: str
    owner_id: int | None

    @property
    def of_team(self) -> bool:
        return self.owner_id is None


def unknown_variables(body: str) -> list[str]:
    """The names that nothing would fill in."""
    return [name for blank, name in map(_read, _HOLE.finditer(body)) if not blank and name not in VARIABLES]


def fill(body: str, values: Mapping[str, str | None]) -> str:
    """The words with the variables filled in; one without a value becomes a blank, which must be filled by hand."""

    def filled(hole: re.Match[str]) -> str:
        blank, name = _read(hole)
        value = None if blank else values.get(name)
        return value or f"{{{{?{name}}}}}"

    return _HOLE.sub(filled, body)


def blanks_left(text: str) -> list[str]:
    """What still has to be filled in before it is sent."""
    return list(dict.fromkeys(_read(hole)[1] for hole in _HOLE.finditer(text)))


def _read(hole: re.Match[str]) -> tuple[bool, str]:
    """Whether it is a blank for the handler, and its name."""
    inner = hole[1].strip()
    return inner.startswith("?"), inner.removeprefix("?").strip()


def answers_of(db: Session, account_id: int) -> list[Answer]:
    """Those that this colleague may use, by folder then title."""
    query = (
        select(CannedAnswer)
        .distinct(CannedAnswer.answer_id)
        .where(or_(CannedAnswer.owner_id.is_(None), CannedAnswer.owner_id == account_id))
        .order_by(CannedAnswer.answer_id, CannedAnswer.version.desc())
    )
    found = [_answer(row) for row in db.scalars(query) if not row.retired]
    return sorted(found, key=lambda one: (one.folder.casefold(), one.title.casefold()))


def with_words(answers: Sequence[Answer], typed: str) -> list[Answer]:
    """Those where each of these words, or one that starts with it, stands in the folder, the title or the text."""
    wanted = words_of(typed)

    def holds(one: Answer) -> bool:
        own = searchable(f"{one.folder} {one.title} {one.body}")
        return all(any(word.startswith(start) for word in own) for start in wanted)

    return [one for one in answers if holds(one)]


def find_answer(db: Session, answer_id: UUID, account_id: int) -> Answer | None:
    """One of those."""
    return next((one for one in answers_of(db, account_id) if one.answer_id == answer_id), None)


def write_answer(
    db: Session,
    tools: Tools,
    identity: OfficeIdentity | None,
    before: Answer | None,
    folder: str,
    title: str,
    body: str,
    *,
    team: bool,
    retired: bool = False,
    origin: Origin,
) -> None:
    """A new one, or a new version of `before`. `identity`: None for the demonstration."""
    row = CannedAnswer(
        version=before.version + 1 if before else 1,
        folder=folder,
        title=title,
        body=body,
        owner_id=None if team or identity is None else identity.account_id,
        written_by=identity.account_id if identity else None,
        written_at=tools.now(),
        retired=retired,
    )
    if before:
        row.answer_id = before.answer_id
    db.add(row)
    db.flush()
    record(
        db,
        EventKind.CANNED_ANSWER_CHANGED,
        actor_account_id=identity.account_id if identity else None,
        origin=origin,
        details={"answer": row.id},
    )


def _answer(row: CannedAnswer) -> Answer:
    return Answer(row.answer_id, row.version, row.folder, row.title, row.body, row.owner_id)
