"""The worker's part of a file: the antivirus, then what people are shown of it, then its previews (C69).

A file waits as long as the antivirus or the storage cannot be reached, and as long as its turn has not come: its
request was accepted, and is worked on meanwhile. Nobody waits in silence: each minute the waiting files are looked at
again, and from ten minutes on it is an alarm. What counts against a file is only that a worker began on it and did not
end.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from typing import BinaryIO, cast
from zlib import crc32

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from member_space.domain.attachment import FileRefused, FileState, Kind, Refusal, Sheet, Shown, Verdict
from member_space.domain.events import EventKind
from member_space.domain.notices import NoticeKind
from member_space.interfaces import IAntivirus, IDocuments, IStorage
from member_space.models import Attachment, AttachmentFile, Request
from member_space.services.attachment import CHECK, ERASE, limits_of, new_key, preview_key, shown_keys
from member_space.services.events import record
from member_space.services.request import tell
from member_space.services.tools import Tools

log = structlog.get_logger(__name__)

LOOK_AGAIN = "attachment:look_again"
PATIENCE = timedelta(minutes=1)
ALARM = timedelta(minutes=10)
TRIES = 20
"""Times that a worker may begin on a file without an end; one that always breaks the worker is then refused."""
BATCH = 200
REFUSED = {Verdict.INFECTED: Refusal.INFECTED, Verdict.UNSCANNABLE: Refusal.UNSCANNABLE}


class _Away(Exception):  # noqa: N818 - named after the event
    """The storage or the antivirus cannot be reached: that says nothing of the file."""


def begin(db: Session, tools: Tools, attachment_id: int) -> None:
    """Before the job, in a transaction of its own: a worker that the file kills leaves its mark all the same."""
    row = db.get(Attachment, attachment_id, with_for_update=True)
    if row is None or row.state != FileState.RECEIVED:
        return
    row.attempts += 1
    if row.attempts > TRIES:
        refuse(db, tools, row, Refusal.UNREADABLE)


def check(db: Session, tools: Tools, attachment_id: int) -> None:
    """The job. Done twice, or when the file was taken away or arranged meanwhile, it changes nothing."""
    row = db.get(Attachment, attachment_id)
    if row is None or row.state != FileState.RECEIVED:
        return
    # Its arrangement was read before its files: changed in between, what is made of them is given up (`_settle`).
    kept = list(
        db.scalars(
            select(AttachmentFile)
            .where(AttachmentFile.attachment_id == attachment_id)
            .order_by(AttachmentFile.position)
        )
    )
    try:
        with _files(tools, kept) as files:
            _scan(tools, files)
            shown = _make_shown(db, tools, row, kept, files)
        _keep(db, tools, row, shown)
    except FileRefused as refusal:
        refuse(db, tools, row, refusal.why)
    except _Away as away:
        log.warning("a file waits", attachment_id=attachment_id, reason=str(away))
        _take_back(db, row)


def _take_back(db: Session, row: Attachment) -> None:
    """This beginning does not count: the file had no part in what went wrong."""
    db.execute(
        update(Attachment)
        .where(Attachment.id == row.id, Attachment.attempts > 0)
        .values(attempts=Attachment.attempts - 1)
        .execution_options(synchronize_session=False)
    )
    db.expire(row)


@contextmanager
def _asked() -> Iterator[None]:
    """What does not answer is away. Not around the parsers: a file that breaks one is another matter."""
    try:
        yield
    except OSError as error:
        raise _Away(f"{type(error).__name__}: {error}") from error


@contextmanager
def _files(tools: Tools, kept: list[AttachmentFile]) -> Iterator[list[BinaryIO]]:
    """The originals on this machine's disk."""
    storage = tools.find(IStorage)
    with ExitStack() as stack:
        files = [stack.enter_context(tempfile.TemporaryFile()) for _one in kept]
        with _asked():
            for one, file in zip(kept, files, strict=True):
                for chunk in storage.chunks(one.storage_key):
                    file.write(chunk)
        yield [cast(BinaryIO, file) for file in files]


def _scan(tools: Tools, files: list[BinaryIO]) -> None:
    """Nothing where the antivirus let all of them go. Raises FileRefused."""
    antivirus = tools.find(IAntivirus)
    for file in files:
        file.seek(0)
        with _asked():
            verdict = antivirus.scan(file)
        if verdict is Verdict.UNREACHABLE:
            raise _Away("the antivirus does not answer")
        if verdict is not Verdict.CLEAN:
            raise FileRefused(REFUSED[verdict])


def _make_shown(db: Session, tools: Tools, row: Attachment, kept: list[AttachmentFile], files: list[BinaryIO]) -> Shown:
    request = db.get(Request, row.request_id) if row.request_id else None
    sheets = [Sheet(one.media_type, file, one.turns) for one, file in zip(kept, files, strict=True)]
    shown: Shown = tools.find(IDocuments).make_shown(sheets, limits_of(tools, request).bytes)
    return shown


def _keep(db: Session, tools: Tools, row: Attachment, shown: Shown) -> None:
    """Put what is shown and its previews in the storage, then say so; whoever was faster is not undone.

    Raises FileRefused. What was put before something broke is swept with what no row names.
    """
    storage, key = tools.find(IStorage), new_key(tools, "shown")
    before = shown_keys(row.shown_key, row.pages) if row.shown_key else []
    pages = 0
    for pages, preview in enumerate(tools.find(IDocuments).previews(shown), start=1):
        with _asked():
            storage.put(preview_key(key, pages), preview)
    with _asked():
        storage.put(key, shown.data)
    settled = _settle(
        db,
        tools,
        row,
        state=FileState.CHECKED.value,
        shown_key=key,
        shown_type=Kind(shown.media_type).value,
        shown_size=len(shown.data),
        shown_sha256=sha256(shown.data).digest(),
        shown_crc32=crc32(shown.data),
        pages=pages,
    )
    if settled:
        drawn = {"shown_page": AttachmentFile.position + 1, "shown_turns": AttachmentFile.turns}
        db.execute(update(AttachmentFile).where(AttachmentFile.attachment_id == row.id).values(drawn))
    forgotten = before if settled else shown_keys(key, pages)
    if forgotten:
        tools.jobs.defer(db, ERASE, keys=forgotten)


def _settle(db: Session, tools: Tools, row: Attachment, **values: object) -> bool:
    """From received to its last state, once; arranged since ``row`` was read, it is looked at again instead."""
    attachment_id = row.id
    done = db.execute(
        update(Attachment)
        .where(
            Attachment.id == row.id,
            Attachment.state == FileState.RECEIVED.value,
            Attachment.arrangement == row.arrangement,
        )
        .values(**values)
        .returning(Attachment.id)
        .execution_options(synchronize_session=False)
    ).first()
    db.expire(row)
    waits = (Attachment.id == attachment_id, Attachment.state == FileState.RECEIVED.value)
    if done is None and db.scalar(select(Attachment.id).where(*waits)):
        tools.jobs.defer(db, CHECK, attachment_id=attachment_id)
    return done is not None


def refuse(db: Session, tools: Tools, row: Attachment, why: Refusal) -> None:
    """The file is not taken after all; where its request was sent, its member is told."""
    request = db.get(Request, row.request_id) if row.request_id else None
    person_id, contract_id = row.author_person_id, row.contract_id
    if not _settle(db, tools, row, state=FileState.REFUSED.value, reason=why.value):
        return
    log.info("a file is refused", attachment_id=row.id, reason=why.value)
    number = request.number if request else None
    record(
        db,
        EventKind.ATTACHMENT_REFUSED,
        subject_person_id=person_id,
        contract_id=contract_id,
        details={"reason": why.value, "number": number},
    )
    if request is not None and row.sent_at is not None and row.side == "member":
        tell(db, tools, request, NoticeKind.REQUEST_FILE_REFUSED)


def waiting_since(db: Session) -> datetime | None:
    """Since when the file that has waited longest does; None: none waits."""
    return db.scalar(
        select(Attachment.waits_since)
        .where(Attachment.state == FileState.RECEIVED.value, Attachment.removed_at.is_(None))
        .order_by(Attachment.waits_since)
        .limit(1)
    )


def look_again(db: Session, tools: Tools) -> None:
    """Each minute: an alarm for files that have waited ten, and another try for those that waited one."""
    now, oldest = tools.now(), waiting_since(db)
    if oldest is None or now - oldest < PATIENCE:
        return
    reached = tools.find(IAntivirus).answers()
    if now - oldest >= ALARM:
        log.error("files wait for their check", minutes=int((now - oldest) / timedelta(minutes=1)), antivirus=reached)
    if not reached:
        return
    waiting = (
        select(Attachment.id)
        .where(
            Attachment.state == FileState.RECEIVED.value,
            Attachment.removed_at.is_(None),
            Attachment.waits_since <= now - PATIENCE,
        )
        .order_by(Attachment.waits_since)
        .limit(BATCH)
    )
    for attachment_id in db.scalars(waiting):
        tools.jobs.defer(db, CHECK, attachment_id=attachment_id)
