"""The pages of a piece that is not sent yet: photographs turned, moved, taken away, taken again (C68).

Their files stay as they came. What people are shown is made again by the worker, once the new arrangement is there;
each arrangement has its number, and whoever acts on an older one is shown the pages as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import structlog
from sqlalchemy import case, delete, select, update
from sqlalchemy.orm import Session

from member_space.domain.attachment import PHOTOS_MAX, FileRefused, FileState, Kind, Refusal, SentFile
from member_space.domain.events import EventKind
from member_space.domain.request import NotAllowed, Side
from member_space.interfaces import IDocuments, IStorage
from member_space.models import Attachment, AttachmentFile, Request
from member_space.services.attachment import CHECK, ERASE, Safe, journal, limits_of, preview_key
from member_space.services.attachment_add import file_row, keep_file, known_contents, recognised
from member_space.services.request import Actor
from member_space.services.tools import Tools

log = structlog.get_logger(__name__)


class Gesture(StrEnum):
    """What is done to one page."""

    TURN = "tourner"
    UP = "monter"
    DOWN = "descendre"
    REMOVE = "retirer"


class PagesChanged(Exception):  # noqa: N818 - named after the event
    """Another tab arranged the pages since this one showed them: nothing is done."""


@dataclass(frozen=True, slots=True)
class PhotoPage:
    """One photograph of a piece; ``rank`` from 1. ``seen``: whether there is a picture of it to show already."""

    rank: int
    name: str
    seen: bool


def is_arrangeable(row: Attachment, files: Sequence[AttachmentFile]) -> bool:
    """Whether its member may still arrange it: photographs, not refused, not sent."""
    begun = row.side == Side.MEMBER.value and row.sent_at is None and row.removed_at is None
    return begun and row.state != FileState.REFUSED and all(one.media_type != Kind.PDF for one in files)


def pages_of(db: Session, row: Attachment) -> list[PhotoPage]:
    """The pages in their order. Raises NotAllowed for a piece that is not arranged."""
    files = _files(db, row)
    if not is_arrangeable(row, files):
        raise NotAllowed("arrange this piece")
    return [PhotoPage(rank, one.name, one.shown_page is not None) for rank, one in enumerate(files, start=1)]


def small_picture(db: Session, tools: Tools, row: Attachment, rank: int) -> bytes:
    """A small picture of a page as it is now arranged, of what the worker last made. Raises KeyError."""
    files = _files(db, row)
    if not is_arrangeable(row, files) or not 1 <= rank <= len(files) or row.shown_key is None:
        raise KeyError(rank)
    one = files[rank - 1]
    if one.shown_page is None:
        raise KeyError(rank)
    preview = tools.find(IStorage).get(preview_key(row.shown_key, one.shown_page))
    small: bytes = tools.find(IDocuments).small(preview, one.turns - one.shown_turns)
    return small


def arrange(db: Session, tools: Tools, row: Attachment, rank: int, gesture: Gesture, *, actor: Actor, seen: int) -> int:
    """Do this to the page of this rank; its rank then. ``seen``: the arrangement that the page showed.

    Raises NotAllowed once it was sent or taken back, PagesChanged when another tab was faster. What cannot be done
    (the first page goes no higher, the only one stays) changes nothing.
    """
    files = _locked(db, row, seen)
    if not 1 <= rank <= len(files):
        raise PagesChanged
    at = rank - 1
    if gesture is Gesture.TURN:
        files[at].turns = (files[at].turns + 1) % 4
        _rearranged(db, tools, row, files)
        return rank
    if gesture is Gesture.REMOVE:
        return _without(db, tools, row, files, at, actor)
    to = at - 1 if gesture is Gesture.UP else at + 1
    if not 0 <= to < len(files):
        return rank
    files.insert(to, files.pop(at))
    _rearranged(db, tools, row, files)
    return to + 1


def add_pages(
    db: Session,
    tools: Tools,
    row: Attachment,
    uploads: Sequence[SentFile],
    *,
    actor: Actor,
    seen: int,
    instead_of: int | None = None,
) -> list[FileRefused]:
    """More photographs for this piece, after the others or ``instead_of`` one of them; those that are not taken.

    The page is taken away only when something came in its place. Raises as `arrange`.
    """
    # As whoever sends it does: the request first, then its pieces.
    request = db.scalar(select(Request).where(Request.id == row.request_id).with_for_update())
    files = _locked(db, row, seen)
    if instead_of is not None and not 1 <= instead_of <= len(files):
        raise PagesChanged
    limits, known = limits_of(tools, request), known_contents(db, request, actor)
    at = len(files) if instead_of is None else instead_of - 1
    room = PHOTOS_MAX - len(files) + (instead_of is not None)
    refused: list[FileRefused] = []
    added: list[AttachmentFile] = []
    for sent in uploads:
        try:
            found = recognised(tools, sent, limits, known)
            if not found.kind.is_image:
                raise FileRefused(Refusal.NOT_A_PHOTO)
            if len(added) >= room:
                raise FileRefused(Refusal.TOO_MANY)
            added.append(file_row(row, PHOTOS_MAX + len(added), sent, found, keep_file(tools, sent)))
        except FileRefused as refusal:
            refused.append(FileRefused(refusal.why, sent.name))
        except OSError:
            log.exception("a file could not be kept")
            refused.append(FileRefused(Refusal.NOT_KEPT, sent.name))
    if added:
        db.add_all(added)
        db.flush()
        files[at:at] = added
        if instead_of is None:
            _rearranged(db, tools, row, files)
        else:
            _without(db, tools, row, files, at + len(added), actor)
        _note(db, EventKind.ATTACHMENT_ADDED, row, actor, {"files": len(added)})
    for one in refused:
        _note(db, EventKind.ATTACHMENT_REFUSED, row, actor, {"reason": one.why.value})
    return refused


def _files(db: Session, row: Attachment) -> list[AttachmentFile]:
    query = select(AttachmentFile).where(AttachmentFile.attachment_id == row.id).order_by(AttachmentFile.position)
    return list(db.scalars(query.execution_options(populate_existing=True)))


def _locked(db: Session, row: Attachment, seen: int) -> list[AttachmentFile]:
    """Its files, while nobody else arranges, sends or takes back the piece."""
    query = select(Attachment).where(Attachment.id == row.id).with_for_update()
    if db.scalar(query.execution_options(populate_existing=True)) is None:
        raise NotAllowed("this piece was taken back")
    files = _files(db, row)
    if not is_arrangeable(row, files):
        raise NotAllowed("arrange this piece")
    if row.arrangement != seen:
        raise PagesChanged
    return files


def _without(db: Session, tools: Tools, row: Attachment, files: list[AttachmentFile], at: int, actor: Actor) -> int:
    """Forget one page, unless it is the only one: the whole piece is taken back elsewhere."""
    if len(files) == 1:
        return 1
    gone = files.pop(at)
    tools.jobs.defer(db, ERASE, keys=[gone.storage_key])
    db.execute(delete(AttachmentFile).where(AttachmentFile.id == gone.id))
    _rearranged(db, tools, row, files)
    _note(db, EventKind.ATTACHMENT_REMOVED, row, actor, {})
    return min(at + 1, len(files))


def _note(db: Session, kind: EventKind, row: Attachment, actor: Actor, details: dict[str, object]) -> None:
    journal(db, kind, db.get(Request, row.request_id), Safe(row.contract_id, row.author_person_id), actor, details)


def _rearranged(db: Session, tools: Tools, row: Attachment, files: Sequence[AttachmentFile]) -> None:
    """Write the order, and have what is shown made again."""
    places = case({one.id: position for position, one in enumerate(files)}, value=AttachmentFile.id)
    db.flush()
    db.execute(
        update(AttachmentFile)
        .where(AttachmentFile.attachment_id == row.id)
        .values(position=places)
        .execution_options(synchronize_session=False)
    )
    row.name = files[0].name
    row.arrangement += 1
    # Still to be looked at, it has its job already, which asks for another one when it finds an older arrangement.
    asked = row.state == FileState.RECEIVED
    row.state = FileState.RECEIVED.value
    row.waits_since, row.attempts = tools.now(), 0
    db.flush()
    if not asked:
        tools.jobs.defer(db, CHECK, attachment_id=row.id)
