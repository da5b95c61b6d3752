"""Files that leave: found by who may see them, and given only once they were checked (C125)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.attachment import FileState, Kind
from member_space.domain.events import EventKind
from member_space.domain.readings import What
from member_space.domain.request import Side
from member_space.interfaces import IStorage
from member_space.models import Attachment, AttachmentFile, Request
from member_space.services.attachment import begun_by, preview_key
from member_space.services.events import record
from member_space.services.household import Household
from member_space.services.readings import Shown, note_reading
from member_space.services.request import Actor
from member_space.services.sessions import OfficeIdentity
from member_space.services.tools import Origin, Tools

LINK_LIFE = 60
"""Seconds that a link to the storage is good for: it is followed at once."""
ENDINGS = {Kind.JPEG: ".jpg", Kind.PDF: ".pdf"}


@dataclass(frozen=True, slots=True)
class Given:
    """What a browser is given: a link to follow, or the bytes."""

    link: str | None
    chunks: Iterator[bytes]
    size: int
    media_type: str
    disposition: str


def find_attachment(db: Session, household: Household, public_id: UUID) -> Attachment | None:
    """A file of the viewer's: his own, or one that the office sent him."""
    query = select(Attachment).where(
        Attachment.public_id == public_id,
        Attachment.author_person_id == household.viewer_id,
        Attachment.removed_at.is_(None),
        (Attachment.side == Side.MEMBER.value) | Attachment.sent_at.is_not(None),
    )
    return db.scalar(query)


def find_sent_attachment(db: Session, public_id: UUID, shown: Shown) -> Attachment | None:
    """A file as the office may see it: sent with a request. Drafts and the safe are the member's alone."""
    found = db.scalar(
        select(Attachment).where(
            Attachment.public_id == public_id,
            Attachment.request_id.is_not(None),
            Attachment.sent_at.is_not(None),
            Attachment.removed_at.is_(None),
        )
    )
    if found is not None:
        shown.note([found.author_person_id])
    return found


def find_begun_attachment(db: Session, request: Request, actor: Actor, public_id: UUID) -> Attachment | None:
    """A file of an answer that this colleague has begun."""
    mine = (Attachment.request_id == request.id, Attachment.public_id == public_id)
    return db.scalar(select(Attachment).where(*mine, *begun_by(actor)))


def give(tools: Tools, row: Attachment) -> Given:
    """What is shown of a piece, as a file to keep. Raises KeyError while it is not checked."""
    if row.state != FileState.CHECKED or row.shown_key is None:
        raise KeyError(row.id)
    kind = Kind(row.shown_type or "")
    name = PurePath(row.name).stem + ENDINGS[kind]
    return _given(tools, row.shown_key, row.shown_size or 0, kind.value, name)


def give_original(db: Session, tools: Tools, row: Attachment, rank: int) -> Given:
    """One of the files as it came, the first one being 1. Raises KeyError while they are not checked."""
    if row.state != FileState.CHECKED:
        raise KeyError(row.id)
    file = db.scalar(
        select(AttachmentFile).where(AttachmentFile.attachment_id == row.id, AttachmentFile.position == rank - 1)
    )
    if file is None:
        raise KeyError(rank)
    # Its bytes are whatever somebody sent: never said to be more than bytes.
    return _given(tools, file.storage_key, file.size, "application/octet-stream", file.name)


def preview(tools: Tools, row: Attachment, page: int) -> bytes:
    """The picture of a page of what is shown. Raises KeyError where there is none."""
    if row.state != FileState.CHECKED or row.shown_key is None or not 1 <= page <= (row.pages or 0):
        raise KeyError(page)
    data: bytes = tools.find(IStorage).get(preview_key(row.shown_key, page))
    return data


def note_taken(
    db: Session, identity: OfficeIdentity, row: Attachment, origin: Origin, reason: str, *, original: bool
) -> None:
    """A colleague takes a file to his own machine, by a link or not: his member reads who, the journal has the fact."""
    note_reading(db, identity, {row.author_person_id: row.contract_id}, What.ATTACHMENT, origin, reason)
    record(
        db,
        EventKind.ATTACHMENT_OPENED,
        actor_account_id=identity.account_id,
        subject_person_id=row.author_person_id,
        contract_id=row.contract_id,
        origin=origin,
        details={"original": original},
    )


def _given(tools: Tools, key: str, size: int, media_type: str, name: str) -> Given:
    disposition = as_attachment(name)
    storage = tools.find(IStorage)
    link = storage.link(key, LINK_LIFE, media_type, disposition)
    return Given(link, iter(()) if link else storage.chunks(key), size, media_type, disposition)


def as_attachment(name: str) -> str:
    """The header that has a file saved under this name, which is safe (domain.attachment.clean_name); RFC 6266."""
    plain = "".join(one if one.isascii() and (one.isalnum() or one in " ._-()") else "_" for one in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
