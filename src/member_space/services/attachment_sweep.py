"""Files that belong to nothing any more leave the storage (C70): what was taken back, binned, or never written down."""

from datetime import timedelta

import structlog
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from member_space.domain.request import LIVING, Side
from member_space.domain.retention import RULES, Kept
from member_space.interfaces import IStorage
from member_space.models import Attachment, AttachmentFile, Request
from member_space.services.attachment import erase_attachments
from member_space.services.legal_hold import ids_under_lock, is_held
from member_space.services.tools import Tools

log = structlog.get_logger(__name__)

SWEEP = "attachment:sweep"
DAYS = range(2, 9)
"""How many days ago what no row names was put: after every request of that day is over, and a week to do it."""
BATCH = 1_000


def erase(_db: Session, tools: Tools, keys: list[str]) -> None:
    """The job: forget these files; done twice, it is silent."""
    storage = tools.find(IStorage)
    for key in keys:
        storage.delete(key)


def sweep(db: Session, tools: Tools) -> None:
    """Each night: what was in the bin for its time, then the files of the last days that no row names."""
    now = tools.now()
    # A draft's own time is told by its reminders, which put its papers in the bin.
    binned = (
        Attachment.removed_at <= RULES[Kept.BIN].before(now),
        ~is_held(Attachment.author_person_id, Attachment.request_id),
    )
    # The answer of a colleague that never left goes with its text.
    begun = (
        Attachment.side == Side.OFFICE.value,
        Attachment.sent_at.is_(None),
        Attachment.created_at <= RULES[Kept.DRAFTS].before(now),
    )
    # What was added for a paper asked for, and whose request ended otherwise.
    left = (
        Attachment.side == Side.MEMBER.value,
        Attachment.sent_at.is_(None),
        Attachment.removed_at.is_(None),
        Attachment.created_at <= RULES[Kept.DRAFTS].before(now),
        exists().where(Request.id == Attachment.request_id, Request.state.not_in(LIVING)),
        ~is_held(Attachment.author_person_id, Attachment.request_id),
    )
    due = select(Attachment.id, Attachment.author_person_id).order_by(Attachment.id).limit(BATCH)
    found = ids_under_lock(db, *((due.where(*which), Attachment.id) for which in (binned, left, begun)))
    gone = [one for ids in found for one in ids]
    if gone:
        erase_attachments(db, tools, gone)
    unknown = sum(_forget_unknown(db, tools, f"{now - timedelta(days=ago):%Y-%m-%d}") for ago in DAYS)
    if len(gone) >= BATCH:
        tools.jobs.defer(db, SWEEP)
    log.info("files swept", erased=len(gone), unknown=unknown)


def _forget_unknown(db: Session, tools: Tools, day: str) -> int:
    """A crash between the storage and the commit leaves a file that nothing names."""
    storage = tools.find(IStorage)
    asked = select(AttachmentFile.storage_key).where(AttachmentFile.storage_key.startswith(f"files/{day}/"))
    known = set(db.scalars(asked))
    unknown = [key for key in storage.keys(f"files/{day}") if key not in known]
    known = set(db.scalars(select(Attachment.shown_key).where(Attachment.shown_key.startswith(f"shown/{day}/"))))
    unknown += [key for key in storage.keys(f"shown/{day}") if key.partition(".")[0] not in known]
    for key in unknown:
        storage.delete(key)
    return len(unknown)
