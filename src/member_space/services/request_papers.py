"""The papers that came with a request, as the receipt proves them: what, how big, and their fingerprint (C73)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from member_space.domain.opening_hours import PARIS
from member_space.models import Attachment, AttachmentFile, Request


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


REUSED = frozenset(
    {
        "rights_certificate",
        "birth_certificate",
        "marriage_certificate",
        "pacs_certificate",
        "cohabitation_statement",
        "school_certificate",
        "prescription",
    }
)
"""Papers that stay good for a while: the one that was received is proposed rather than asked for again (C76)."""
GOOD_FOR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Received:
    """A paper that came with an earlier request, by the day and by both ids."""

    on: date
    attachment_id: UUID
    request_id: UUID
    number: str


def already_received(db: Session, request: Request, pieces: Collection[str]) -> dict[str, Received]:
    """The latest of each of these papers for the same person, by code: until now for a draft, else until it was sent;
    one statement."""
    wanted = REUSED.intersection(pieces)
    if request.person_id is None or not wanted:
        return {}
    query = (
        select(Attachment.piece, Attachment.sent_at, Attachment.public_id, Request.public_id, Request.number)
        .join(Request, Request.id == Attachment.request_id)
        .where(
            Attachment.author_person_id == request.author_person_id,
            Attachment.piece.in_(wanted),
            Attachment.side == "member",
            Attachment.state == "checked",
            Attachment.removed_at.is_(None),
            Attachment.sent_at >= (request.sent_at or request.activity_at) - GOOD_FOR,
            Attachment.sent_at < request.sent_at if request.sent_at else true(),
            Request.person_id == request.person_id,
            Request.id != request.id,
        )
        .distinct(Attachment.piece)
        .order_by(Attachment.piece, Attachment.sent_at.desc(), Attachment.id.desc())
    )
    return {
        piece: Received(at.astimezone(PARIS).date(), attachment_id, request_id, number)
        for piece, at, attachment_id, request_id, number in db.execute(query)
    }
