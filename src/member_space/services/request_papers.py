"""The papers that came with a request, as the receipt proves them: what, how big, and their fingerprint (C73)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select
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


def already_received(db: Session, draft: Request, pieces: Collection[str]) -> dict[str, date]:
    """The day when each of these papers was last received for the same person, by code; one statement."""
    wanted = REUSED.intersection(pieces)
    if draft.person_id is None or not wanted:
        return {}
    query = (
        select(Attachment.piece, func.max(Attachment.sent_at))
        .join(Request, Request.id == Attachment.request_id)
        .where(
            Attachment.author_person_id == draft.author_person_id,
            Attachment.piece.in_(wanted),
            Attachment.side == "member",
            Attachment.state == "checked",
            Attachment.removed_at.is_(None),
            Attachment.sent_at >= draft.activity_at - GOOD_FOR,
            Request.person_id == draft.person_id,
            Request.id != draft.id,
        )
        .group_by(Attachment.piece)
    )
    return {piece: at.astimezone(PARIS).date() for piece, at in db.execute(query)}
