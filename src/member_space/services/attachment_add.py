"""Files taken from a form, one by one: what each is, whether it is taken, and as which piece (C66–C68, C95).

A file that is not taken is named with its reason; it never costs the others, nor the text beside them (R1, R28).
"""

from collections.abc import Sequence

import structlog
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from member_space.domain.attachment import PHOTOS_MAX, FileRefused, FileState, Found, Limits, Refusal, SentFile
from member_space.domain.events import EventKind
from member_space.domain.request import LIVING, NotAllowed, Side, State
from member_space.interfaces import IDocuments, IStorage
from member_space.models import Attachment, AttachmentFile, Request
from member_space.services.attachment import (
    CHECK,
    Safe,
    begun_by,
    begun_of,
    journal,
    limits_of,
    new_key,
    room_of,
    safe_of,
)
from member_space.services.request import Actor
from member_space.services.request_find import read_again
from member_space.services.tools import Tools

log = structlog.get_logger(__name__)


def add_files(
    db: Session,
    tools: Tools,
    request: Request | None,
    uploads: Sequence[SentFile],
    *,
    actor: Actor,
    piece: str | None = None,
    as_one: bool = False,
    asked_piece_id: int | None = None,
    safe: Safe | None = None,
    person_id: int | None = None,
) -> list[FileRefused]:
    """Take the files of a form; those that are not taken, each with its reason: the others are kept all the same.

    ``as_one``: the photographs are the pages of one piece. ``safe``: whose safe, where ``request`` is None.

    Raises Gone for a draft that another tab erased meanwhile, NotAllowed for what a colleague just ended: a member's
    file would hang on it, and nobody would look at it.
    """
    limits, seen = limits_of(tools, request), known_contents(db, request, actor)
    refused: list[FileRefused] = []
    taken: list[tuple[SentFile, Found]] = []
    for sent in uploads:
        try:
            taken.append((sent, recognised(tools, sent, limits, seen)))
        except FileRefused as found:
            refused.append(FileRefused(found.why, sent.name))
    room = limits.files
    if request is not None:
        # Two tabs at once count the same places.
        read_again(db, request, lock=True)
        if actor.side is Side.MEMBER and State(request.state) not in LIVING:
            raise NotAllowed(f"add in {request.state}")
        room = room_of(begun_of(db, request, actor), limits, asked_piece_id)
    for rank, group in enumerate(_pieces(taken, as_one)):
        extra = group[PHOTOS_MAX:] if rank < room else group
        refused += [FileRefused(Refusal.TOO_MANY, sent.name) for sent, _found in extra]
        kept = [one for one in group if one not in extra]
        try:
            keys = [keep_file(tools, sent) for sent, _found in kept]
        except OSError:
            log.exception("a file could not be kept")
            refused += [FileRefused(Refusal.NOT_KEPT, sent.name) for sent, _found in kept]
            continue
        if kept:
            row = Attachment(
                contract_id=request.contract_id if request else safe_of(safe).contract_id,
                author_person_id=request.author_person_id if request else safe_of(safe).person_id,
                side=actor.side.value,
                account_id=actor.account_id,
                request_id=request.id if request else None,
                asked_piece_id=asked_piece_id,
                person_id=person_id,
                piece=piece,
                name=kept[0][0].name,
                created_at=tools.now(),
                waits_since=tools.now(),
                sent_at=None if request else tools.now(),
            )
            write_piece(db, tools, request, row, kept, keys, actor)
    for refusal in refused:
        journal(db, EventKind.ATTACHMENT_REFUSED, request, safe, actor, {"reason": refusal.why.value})
    return refused


def known_contents(db: Session, request: Request | None, actor: Actor) -> set[bytes]:
    """The contents that are in this request already, as far as whoever adds one may know."""
    if request is None:
        return set()
    query = (
        select(AttachmentFile.sha256)
        .join(Attachment, Attachment.id == AttachmentFile.attachment_id)
        .where(
            Attachment.request_id == request.id,
            Attachment.removed_at.is_(None),
            Attachment.state != FileState.REFUSED.value,
            Attachment.sent_at.is_not(None) | and_(*begun_by(actor)),
        )
    )
    return set(db.scalars(query))


def recognised(tools: Tools, sent: SentFile, limits: Limits, seen: set[bytes]) -> Found:
    """What a file is, remembered in ``seen``; raises FileRefused."""
    if sent.refused:
        raise FileRefused(sent.refused)
    if sent.sha256 in seen:
        raise FileRefused(Refusal.DUPLICATE)
    found: Found = tools.find(IDocuments).inspect(sent.file, limits.bytes)
    seen.add(sent.sha256)
    return found


def _pieces(taken: list[tuple[SentFile, Found]], as_one: bool) -> list[list[tuple[SentFile, Found]]]:
    """One piece a file, or one of all the photographs together; a PDF is always one of its own."""
    if not as_one:
        return [[one] for one in taken]
    photographs = [one for one in taken if one[1].kind.is_image]
    others = [[one] for one in taken if not one[1].kind.is_image]
    return [photographs, *others] if photographs else others


def keep_file(tools: Tools, sent: SentFile) -> str:
    """Put it in the storage as it came; its key. Raises OSError."""
    key = new_key(tools, "files")
    sent.file.seek(0)
    tools.find(IStorage).put_file(key, sent.file)
    return key


def file_row(row: Attachment, position: int, sent: SentFile, found: Found, key: str) -> AttachmentFile:
    """The row of one file of a piece."""
    return AttachmentFile(
        attachment_id=row.id,
        contract_id=row.contract_id,
        position=position,
        name=sent.name,
        media_type=found.kind.value,
        size=sent.size,
        sha256=sent.sha256,
        storage_key=key,
    )


def write_piece(
    db: Session,
    tools: Tools,
    request: Request | None,
    row: Attachment,
    kept: list[tuple[SentFile, Found]],
    keys: list[str],
    actor: Actor,
) -> None:
    """The row of a piece with its files, each under its key, as `keep_file` gave them; they are checked by a job."""
    db.add(row)
    db.flush()
    for position, ((sent, found), key) in enumerate(zip(kept, keys, strict=True)):
        db.add(file_row(row, position, sent, found, key))
    db.flush()
    tools.jobs.defer(db, CHECK, attachment_id=row.id)
    safe = Safe(row.contract_id, row.author_person_id)
    journal(db, EventKind.ATTACHMENT_ADDED, request, safe, actor, {"files": len(kept)})
