"""The fingerprints of what is shown of a file: kept when it is checked, or taken at night for those checked before."""

import hashlib
from dataclasses import dataclass
from zlib import crc32

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from member_space.domain.attachment import FileState
from member_space.interfaces import IStorage
from member_space.models import Attachment
from member_space.services.tools import Tools

log = structlog.get_logger(__name__)

TAKE = "attachment:take_fingerprints"
"""The task; its argument is ``after``, the id to go on from."""
BATCH = 200


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """SHA-256, CRC-32 as a ZIP wants it, and size in bytes."""

    sha256: bytes
    crc32: int
    size: int


def fingerprints_of(storage: IStorage, row: Attachment) -> Fingerprints:
    """Those that are kept; where they are not, the file is read. Nothing is written."""
    if row.shown_sha256 is not None and row.shown_crc32 is not None and row.shown_size is not None:
        return Fingerprints(row.shown_sha256, row.shown_crc32, row.shown_size)
    sha256, crc, size = hashlib.sha256(), 0, 0
    for chunk in storage.chunks(row.shown_key or ""):
        sha256.update(chunk)
        crc, size = crc32(chunk, crc), size + len(chunk)
    return Fingerprints(sha256.digest(), crc, size)


def take_fingerprints(db: Session, tools: Tools, after: int = 0) -> None:
    """Each night, batch after batch: of the files checked before fingerprints were kept; nothing once all have theirs.

    What the storage lost is passed over, and a file that changed meanwhile has those of its own by then.
    """
    storage = tools.find(IStorage)
    without = (Attachment.state == FileState.CHECKED.value, Attachment.shown_sha256.is_(None))
    query = select(Attachment).where(*without, Attachment.shown_key.is_not(None), Attachment.id > after)
    rows = db.scalars(query.order_by(Attachment.id).limit(BATCH)).all()
    lost = storage.missing([row.shown_key for row in rows if row.shown_key])
    for row in rows:
        if row.shown_key not in lost:
            taken = fingerprints_of(storage, row)
            still = update(Attachment).where(Attachment.id == row.id, Attachment.shown_key == row.shown_key)
            values = {"shown_sha256": taken.sha256, "shown_crc32": taken.crc32, "shown_size": taken.size}
            db.execute(still.values(values))
    if len(rows) == BATCH:
        tools.jobs.defer(db, TAKE, after=rows[-1].id)
    if rows:
        log.info("fingerprints taken", files=len(rows) - len(lost), lost=len(lost))
