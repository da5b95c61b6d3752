"""The safe of documents: what a member gave and what the office sent him, in one list, and a bin (C122, C123)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import PurePath
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from member_space.domain.attachment import FileState, Refusal, clean_name
from member_space.domain.opening_hours import PARIS
from member_space.domain.request import NotAllowed, Side
from member_space.domain.retention import RULES, Kept
from member_space.domain.text import fold
from member_space.models import Attachment, Contract, Person, Request
from member_space.services.catalogue import Catalogue
from member_space.services.household import Household, HouseholdMember
from member_space.services.legal_hold import is_held
from member_space.services.request_erasing import Keeping, keeping_columns
from member_space.services.request_search import words_of
from member_space.services.tools import Tools

PAGE = 20
MOST_BINNED = 200
SWEPT_AT = 3
"""The hour, in Paris, by which what was in the bin for its time is erased."""


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """What the list keeps; None keeps all. ``piece``: a code of the catalogue; ``side``: who gave it."""

    piece: str | None = None
    side: Side | None = None
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One row. ``number``, ``request_id``: the request that it came with, None for one of the safe alone.

    ``person``: whom it is about; ``document_date``: the day written on it; ``kept``: until when, in the bin or not.
    """

    id: int
    public_id: UUID
    title: str
    piece: str | None
    side: Side
    person: str | None
    document_date: date | None
    added_at: datetime
    state: FileState
    reason: Refusal | None
    size: int | None
    number: str | None
    request_id: UUID | None
    removed_at: datetime | None
    kept: Keeping

    @property
    def is_complete(self) -> bool:
        """Whether it says what it is; one that came with a request needs not."""
        return self.number is not None or self.side is Side.OFFICE or self.document_date is not None


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """One page, and where to go on from."""

    documents: list[Document]
    newer: int | None = None
    older: int | None = None


def erased_on(removed_at: datetime) -> date:
    """The day of the night that erases what was put in the bin at this instant."""
    due = (removed_at + RULES[Kept.BIN].life).astimezone(PARIS)
    return due.date() if due.hour < SWEPT_AT else due.date() + timedelta(days=1)


def documents_of(person_id: int) -> Select[Any]:
    """What was given or received, for good: a draft's pieces are its own."""
    columns = (Attachment, Person.first_name, Request.number, Request.public_id, *keeping_columns())
    query = select(*columns).outerjoin(Person, Person.id == Attachment.person_id)
    query = query.outerjoin(Request, Request.id == Attachment.request_id)
    query = query.join(Contract, Contract.id == Attachment.contract_id)
    return query.where(Attachment.author_person_id == person_id, Attachment.sent_at.is_not(None))


def page_of_documents(
    db: Session, person_id: int, kept: DocumentFilter, *, before: int | None = None, after: int | None = None
) -> DocumentPage:
    """The latest ones, or those older than ``before`` or newer than ``after``; one statement."""
    query = documents_of(person_id).where(Attachment.removed_at.is_(None)).limit(PAGE + 1)
    wanted = {"piece": kept.piece, "side": kept.side and kept.side.value, "person_id": kept.person_id}
    query = query.where(*(getattr(Attachment, name) == value for name, value in wanted.items() if value))
    if after is not None:
        query = query.where(Attachment.id > after).order_by(Attachment.id)
    else:
        query = query.order_by(Attachment.id.desc())
        query = query.where(Attachment.id < before) if before is not None else query
    rows = list(db.execute(query))
    more, rows = len(rows) > PAGE, rows[:PAGE]
    ordered = reversed(rows) if after is not None else rows
    found = [
        document_of(row, person, number, request_id, Keeping(day, held))
        for row, person, number, request_id, day, held in ordered
    ]
    newer, older = (more, True) if after is not None else (before is not None, more)
    return DocumentPage(found, found[0].id if found and newer else None, found[-1].id if found and older else None)


def bin_of(db: Session, person_id: int) -> list[Document]:
    """What is in the bin, the latest first."""
    held = is_held(Attachment.author_person_id, Attachment.request_id)
    query = select(Attachment, Person.first_name, held).outerjoin(Person, Person.id == Attachment.person_id)
    query = query.where(Attachment.author_person_id == person_id, Attachment.removed_at.is_not(None))
    query = query.order_by(Attachment.removed_at.desc(), Attachment.id.desc()).limit(MOST_BINNED)
    return [
        document_of(row, person, None, None, Keeping(row.removed_at and erased_on(row.removed_at), held))
        for row, person, held in db.execute(query)
    ]


def document_of(
    row: Attachment, person: str | None, number: str | None, request_id: UUID | None, kept: Keeping
) -> Document:
    return Document(
        id=row.id,
        public_id=row.public_id,
        title=title_of(row),
        piece=row.piece,
        side=Side(row.side),
        person=person,
        document_date=row.document_date,
        added_at=row.sent_at or row.created_at,
        state=FileState(row.state),
        reason=Refusal(row.reason) if row.reason else None,
        size=row.shown_size,
        number=number,
        request_id=request_id,
        removed_at=row.removed_at,
        kept=kept,
    )


def title_of(row: Attachment) -> str:
    """Its name without the ending that says what kind of file it is."""
    return PurePath(row.name).stem or row.name


def find_document(db: Session, household: Household, public_id: UUID) -> Attachment | None:
    """A document of the viewer's safe, in the bin or not."""
    return db.scalar(
        select(Attachment).where(
            Attachment.public_id == public_id,
            Attachment.author_person_id == household.viewer_id,
            (Attachment.side == Side.MEMBER.value) | Attachment.sent_at.is_not(None),
        )
    )


def last_document(db: Session, person_id: int) -> int:
    """The number of the latest one: what is added now comes after it."""
    query = select(Attachment.id).where(Attachment.author_person_id == person_id)
    return db.scalar(query.order_by(Attachment.id.desc()).limit(1)) or 0


def added_after(db: Session, person_id: int, last: int) -> list[Attachment]:
    """What was added to the safe since."""
    mine = (Attachment.author_person_id == person_id, Attachment.id > last, Attachment.request_id.is_(None))
    return list(db.scalars(select(Attachment).where(*mine).order_by(Attachment.id)))


def guess_piece(catalogue: Catalogue, name: str) -> str | None:
    """What a document may be, from the words of its name; the member says whether it is so."""
    words = set(words_of(name))
    shared = {code: len(words & set(fold(piece.label.fr).split())) for code, piece in catalogue.pieces.items()}
    code = max(shared, key=lambda one: shared[one], default=None)
    return code if code and shared[code] else None


def complete(db: Session, row: Attachment, title: str, piece: str, person: HouseholdMember, day: date) -> None:
    """Say what a document of the safe is. Raises NotAllowed for one that came with a request."""
    _own(row)
    ending = PurePath(row.name).suffix
    row.name = clean_name(title) + ending
    row.piece, row.person_id, row.document_date = piece, person.person_id, day
    db.flush()


def remove(db: Session, tools: Tools, row: Attachment) -> None:
    """To the bin, for thirty days. Raises NotAllowed for what a request holds: the office decides by it."""
    _own(row)
    row.removed_at = row.removed_at or tools.now()
    db.flush()


def restore(db: Session, tools: Tools, row: Attachment) -> None:
    """Out of the bin. One of a draft that is gone becomes a document of the safe; what is in no bin stays as it is."""
    if row.removed_at is None:
        return
    row.removed_at = None
    row.sent_at = row.sent_at or tools.now()
    db.flush()


def _own(row: Attachment) -> None:
    if row.request_id is not None or row.side != Side.MEMBER:
        raise NotAllowed("this document came with a request")
