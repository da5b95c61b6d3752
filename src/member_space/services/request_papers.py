"""The papers of a request, as the receipt proves them (C73), and those that need not be asked for again (C76)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, and_, cast, func, or_, select, true
from sqlalchemy.orm import Session

from member_space.domain.opening_hours import PARIS
from member_space.models import Attachment, AttachmentFile, Request
from member_space.services.catalogue import Piece


@dataclass(frozen=True, slots=True)
class Paper:
    """A file as it was sent. ``piece``: the code of the piece it belongs to; ``sha256`` in hexadecimal."""

    public_id: UUID
    piece: str | None
    name: str
    size: int
    sha256: str
    refused: bool


def papers_of(db: Session, request_id: int) -> list[Paper]:
    """The member's own files of a request, in the order they came; one statement."""
    file = AttachmentFile
    query = (
        select(Attachment.public_id, Attachment.piece, file.name, file.size, file.sha256, Attachment.state)
        .join(AttachmentFile, AttachmentFile.attachment_id == Attachment.id)
        .where(Attachment.request_id == request_id, Attachment.side == "member", Attachment.removed_at.is_(None))
        .order_by(Attachment.id, AttachmentFile.position)
    )
    return [
        Paper(row.public_id, row.piece, row.name, row.size, row.sha256.hex(), row.state == "refused")
        for row in db.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class SafePaper:
    """A document of the safe, which the office does not see: its member may join it. ``day``: when it was put there."""

    public_id: UUID
    name: str
    day: date


@dataclass(frozen=True, slots=True)
class Received:
    """A paper that came with an earlier request, by the day and by both ids."""

    on: date
    attachment_id: UUID
    request_id: UUID
    number: str


def already_received(db: Session, request: Request, pieces: Iterable[Piece]) -> dict[str, Received]:
    """The latest of each of these papers for the same person, by code, of those that are still good (C76): until now
    for a draft, else until it was sent; one statement."""
    same = Request.topic == request.topic
    good = [and_(_is_good(request, one), same if one.same_object else true()) for one in pieces if one.good_for]
    if request.person_id is None or not good:
        return {}
    query = (
        _checked_of(request, Attachment.sent_at, Attachment.public_id, Request.public_id, Request.number)
        .join(Request, Request.id == Attachment.request_id)
        .where(
            Attachment.sent_at < request.sent_at if request.sent_at else true(),
            Request.person_id == request.person_id,
            Request.id != request.id,
            or_(*good),
        )
        .distinct(Attachment.piece)
        .order_by(Attachment.piece, Attachment.sent_at.desc(), Attachment.id.desc())
    )
    return {
        piece: Received(at.astimezone(PARIS).date(), attachment_id, request_id, number)
        for piece, at, attachment_id, request_id, number in db.execute(query)
    }


def in_the_safe(db: Session, draft: Request, pieces: Iterable[Piece]) -> dict[str, SafePaper]:
    """The latest of one's own documents that is each of these papers, of the same person and still good, by code; one
    statement. Whether it is the one of this care, whoever joins it sees."""
    good = [_is_good(draft, one) for one in pieces if one.good_for]
    if draft.person_id is None or not good:
        return {}
    query = (
        _checked_of(draft, Attachment.public_id, Attachment.name, Attachment.sent_at)
        .where(Attachment.request_id.is_(None), Attachment.person_id == draft.person_id, or_(*good))
        .order_by(Attachment.piece, Attachment.id.desc())
        .distinct(Attachment.piece)
    )
    return {
        piece: SafePaper(public_id, name, at.astimezone(PARIS).date())
        for piece, public_id, name, at in db.execute(query)
    }


def _checked_of(request: Request, *columns: Any) -> Select[Any]:
    """What the author of a request gave for good, with the code of each."""
    return select(Attachment.piece, *columns).where(
        Attachment.author_person_id == request.author_person_id,
        Attachment.side == "member",
        Attachment.state == "checked",
        Attachment.removed_at.is_(None),
        Attachment.sent_at.is_not(None),
    )


def _is_good(request: Request, piece: Piece) -> ColumnElement[bool]:
    """Whether a paper is this one and of its time: since the day written on it, where that is known."""
    written_on = func.coalesce(Attachment.document_date, cast(func.timezone(PARIS.key, Attachment.sent_at), Date))
    asked_on = (request.sent_at or request.activity_at).astimezone(PARIS).date()
    since = asked_on - (piece.good_for or timedelta())
    return and_(Attachment.piece == piece.code, written_on >= since)
