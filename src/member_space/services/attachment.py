"""Files of a request or of the safe: taken or refused one by one, seen, taken away (C66–C69, C95).

Here a file is recognised and kept as it came. The antivirus and what people are shown come later, from the worker
(services.attachment_check), so that nobody waits for them and their failure stops no request.
"""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session, aliased

from member_space.domain.attachment import FileState, Kind, Limits, Refusal
from member_space.domain.events import EventKind
from member_space.domain.request import NotAllowed, RequestKind, Side
from member_space.models import Attachment, AttachmentFile, Request
from member_space.services.catalogue import catalogue_of
from member_space.services.events import record
from member_space.services.request import Actor
from member_space.services.request_search import index_again, index_files
from member_space.services.tools import Tools

log = structlog.get_logger(__name__)

CHECK = "attachment:check"
"""The task; its argument is `attachment_id`."""
ERASE = "attachment:erase"
"""The task that forgets files of the storage; its argument is `keys`."""


@dataclass(frozen=True, slots=True)
class Safe:
    """Whose safe a document goes to, when it is of no request."""

    contract_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """A piece as lists show it. ``size`` in bytes, of what is shown once it is made, else of what came.

    ``sent_at``: None while it is still its author's alone. ``pages``: previews that can be seen, None until checked.
    ``photographs``: whether it is made of nothing else, so that its pages can be arranged until it is sent.
    """

    id: int
    public_id: UUID
    name: str
    size: int
    files: int
    photographs: bool
    state: FileState
    reason: Refusal | None
    piece: str | None
    pages: int | None
    side: str
    message_id: int | None
    asked_piece_id: int | None
    created_at: datetime
    sent_at: datetime | None


def safe_of(safe: Safe | None) -> Safe:
    if safe is None:
        raise ValueError("a document of no request goes to a safe")
    return safe


def limits_of(tools: Tools, request: Request | None) -> Limits:
    """What one sending takes: of its kind as the office set it; of the safe, as a message."""
    return catalogue_of(tools.settings).limits[RequestKind(request.kind) if request else RequestKind.MESSAGE]


def attachments_of(db: Session, request_id: int, *, sent_only: bool = False) -> list[AttachmentRow]:
    """The pieces of a request in the order they came, in one statement. ``sent_only``: what the office may see."""
    which = [Attachment.request_id == request_id, Attachment.removed_at.is_(None)]
    if sent_only:
        which.append(Attachment.sent_at.is_not(None))
    return rows_of(db, *which)


def rows_of_one(db: Session, row: Attachment) -> list[AttachmentRow]:
    """As `attachments_of`, of one piece."""
    return rows_of(db, Attachment.id == row.id)


def rows_of(db: Session, *which: ColumnElement[bool]) -> list[AttachmentRow]:
    """As `attachments_of`, of other pieces."""
    came = (
        select(
            func.sum(AttachmentFile.size).label("size"),
            func.count().label("files"),
            func.bool_and(AttachmentFile.media_type != Kind.PDF.value).label("photographs"),
        )
        .where(AttachmentFile.attachment_id == Attachment.id)
        .lateral("came")
    )
    query = (
        select(Attachment, came.c.size, came.c.files, came.c.photographs).join(came, came.c.files >= 0).where(*which)
    )
    return [
        AttachmentRow(
            id=row.id,
            public_id=row.public_id,
            name=row.name,
            size=row.shown_size or int(size or 0),
            files=files,
            photographs=bool(photographs),
            state=FileState(row.state),
            reason=Refusal(row.reason) if row.reason else None,
            piece=row.piece,
            pages=row.pages if row.state == FileState.CHECKED else None,
            side=row.side,
            message_id=row.message_id,
            asked_piece_id=row.asked_piece_id,
            created_at=row.created_at,
            sent_at=row.sent_at,
        )
        for row, size, files, photographs in db.execute(query.order_by(Attachment.id))
    ]


def begun_by(actor: Actor) -> list[ColumnElement[bool]]:
    """What this side added and has not sent; at the office each colleague begins an answer of his own."""
    mine = [Attachment.side == actor.side.value, Attachment.sent_at.is_(None), Attachment.removed_at.is_(None)]
    return [*mine, Attachment.account_id == actor.account_id] if actor.side is Side.OFFICE else mine


def begun_of(db: Session, request: Request, actor: Actor) -> list[AttachmentRow]:
    """Those of one request, in the order they came."""
    return rows_of(db, Attachment.request_id == request.id, *begun_by(actor))


def room_of(begun: Iterable[AttachmentRow], limits: Limits, asked_piece_id: int | None = None) -> int:
    """How many pieces may still be added before these are sent; what was refused leaves its place to another."""
    waiting = [one for one in begun if one.asked_piece_id == asked_piece_id and one.state is not FileState.REFUSED]
    return max(limits.files - len(waiting), 0)


def new_key(tools: Tools, folder: str) -> str:
    """A key that nobody can guess, under the day: what no row names is swept by day."""
    return f"{folder}/{tools.today():%Y-%m-%d}/{uuid.uuid4()}"


def hand_over(db: Session, tools: Tools, request: Request, actor: Actor, message_id: int | None = None) -> None:
    """Everything that was begun leaves now, about whom the request is: with an answer, or for what the office asked."""
    db.execute(
        update(Attachment)
        .where(Attachment.request_id == request.id, *begun_by(actor))
        .values(message_id=message_id, sent_at=tools.now(), person_id=request.person_id)
        .execution_options(synchronize_session=False)
    )
    index_files(db, request)


def remove(db: Session, tools: Tools, row: Attachment, actor: Actor) -> None:
    """Take back a piece that was not sent. Raises NotAllowed once it was: what the office received stays."""
    # Another tab may be sending it, or have taken it back already.
    query = select(Attachment).where(Attachment.id == row.id).with_for_update()
    if db.scalar(query.execution_options(populate_existing=True)) is None:
        return
    if row.sent_at is not None or row.side != actor.side.value:
        raise NotAllowed("this piece was sent")
    request = db.get(Request, row.request_id) if row.request_id else None
    safe = Safe(row.contract_id, row.author_person_id)
    erase_attachments(db, tools, [row.id])
    journal(db, EventKind.ATTACHMENT_REMOVED, request, safe, actor, {})


def erase_attachments(db: Session, tools: Tools, ids: Collection[int]) -> None:
    """Forget pieces for good: their rows now, their files by a job once this transaction is there."""
    shown = db.execute(select(Attachment.shown_key, Attachment.pages).where(Attachment.id.in_(ids)))
    keys = [key for row in shown if row.shown_key for key in shown_keys(row.shown_key, row.pages)]
    keys += db.scalars(select(AttachmentFile.storage_key).where(AttachmentFile.attachment_id.in_(ids)))
    sent = select(Attachment.request_id).where(Attachment.id.in_(ids), Attachment.sent_at.is_not(None))
    requests = db.scalars(select(Request).where(Request.id.in_(sent))).all()
    db.execute(delete(Attachment).where(Attachment.id.in_(ids)))
    for request in requests:
        index_again(db, tools, request)
    if keys:
        tools.jobs.defer(db, ERASE, keys=keys)


def shown_keys(shown_key: str, pages: int | None) -> list[str]:
    """The key of what is shown, and those of its previews."""
    return [shown_key, *(preview_key(shown_key, page) for page in range(1, (pages or 0) + 1))]


def preview_key(shown_key: str, page: int) -> str:
    return f"{shown_key}.{page}.jpg"


def same_elsewhere(db: Session, attachment_ids: Collection[int]) -> dict[int, list[str]]:
    """The numbers of the household's other requests that hold the same file, by piece: for the handler to judge."""
    mine, theirs = aliased(AttachmentFile), aliased(AttachmentFile)
    other = aliased(Attachment)
    query = (
        select(mine.attachment_id, Request.number)
        .join(theirs, (theirs.contract_id == mine.contract_id) & (theirs.sha256 == mine.sha256))
        .join(other, other.id == theirs.attachment_id)
        .join(Request, Request.id == other.request_id)
        .join(Attachment, Attachment.id == mine.attachment_id)
        .where(
            mine.attachment_id.in_(attachment_ids),
            other.request_id != Attachment.request_id,
            other.sent_at.is_not(None),
            Request.number.is_not(None),
        )
        .distinct()
        .order_by(mine.attachment_id, Request.number)
    )
    found: dict[int, list[str]] = {}
    for attachment_id, number in db.execute(query):
        found.setdefault(attachment_id, []).append(number or "")
    return found


def journal(
    db: Session, kind: EventKind, request: Request | None, safe: Safe | None, actor: Actor, details: dict[str, object]
) -> None:
    record(
        db,
        kind,
        actor_account_id=actor.account_id,
        subject_person_id=request.author_person_id if request else safe_of(safe).person_id,
        contract_id=request.contract_id if request else safe_of(safe).contract_id,
        origin=actor.origin,
        details=details | {"number": request.number if request else None},
    )
