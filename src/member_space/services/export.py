"""A copy of everything that is held about a person: asked for, made by a job, taken within a day (C156).

A ZIP (Zip64) of JSON and CSV, a summary in PDF and a manifest with the SHA-256 of each file; made and sealed as it is
read, so that memory is the same for a line of care and for a million, and nothing in clear is ever on our disks.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.domain.notices import Channel, NoticeKind
from member_space.interfaces import IPdf, IStorage
from member_space.models import Account, DataExport, Person
from member_space.services.account_lock import lock_account
from member_space.services.events import record
from member_space.services.export_archive import write_archive
from member_space.services.export_part import scope_of
from member_space.services.notification import notify
from member_space.services.sealed_file import SealedWriter, unsealed
from member_space.services.sessions import Identity
from member_space.services.tools import Origin, Tools

MAKE = "export:make"
"""The task; its argument is `export_id`."""
EXPIRE = "export:expire"

LIFE = timedelta(hours=24)
PATIENCE = timedelta(hours=24)
"""A copy that is not ready by then has failed: another may be asked for."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A request for a copy. ``size`` in bytes, once it is ready."""

    id: int
    public_id: UUID
    state: str
    asked_at: datetime
    expires_at: datetime | None
    size: int | None


def last_copy(db: Session, account_id: int) -> Copy | None:
    """The last one that was asked for."""
    row = db.scalars(_of(account_id).order_by(DataExport.id.desc()).limit(1)).one_or_none()
    return _copy(row) if row else None


def find_copy(db: Session, tools: Tools, account_id: int, public_id: UUID) -> Copy | None:
    """The copy of this id, while it can be taken and only for whose it is."""
    row = db.scalars(
        _of(account_id).where(
            DataExport.public_id == public_id, DataExport.state == "ready", DataExport.expires_at > tools.now()
        )
    ).one_or_none()
    return _copy(row) if row else None


def ask_copy(db: Session, tools: Tools, identity: Identity, origin: Origin) -> None:
    """Ask for a copy; while one is being made or can be taken, it is that one."""
    lock_account(db, identity.account_id)  # two tabs at once
    row = db.scalars(_of(identity.account_id).order_by(DataExport.id.desc()).limit(1)).one_or_none()
    now = tools.now()
    if row and (row.state == "waiting" or (row.state == "ready" and row.expires_at and row.expires_at > now)):
        return
    row = DataExport(account_id=identity.account_id, asked_at=now)
    db.add(row)
    db.flush()
    tools.jobs.defer(db, MAKE, export_id=row.id)
    record(
        db,
        EventKind.EXPORT_ASKED,
        actor_account_id=identity.account_id,
        subject_person_id=identity.person_id,
        origin=origin,
    )


def make_copy(db: Session, tools: Tools, export_id: int) -> None:
    """The job: write the archive, seal it in the storage, tell its person. Done twice, it is the same file again."""
    row = db.get(DataExport, export_id, with_for_update=True)
    if row is None or row.state != "waiting":
        return
    account = db.get_one(Account, row.account_id)
    person = db.get_one(Person, account.person_id)
    key = f"exports/{row.public_id}"
    with tempfile.TemporaryFile() as file:
        sealed = SealedWriter(tools.cipher, row.public_id.bytes, file)
        name = f"{person.first_name} {person.last_name}"
        write_archive(db, tools, tools.find(IPdf), scope_of(db, tools, account), name, sealed)
        sealed.close()
        file.seek(0)
        tools.find(IStorage).put_file(key, file)
    now = tools.now()
    row.state, row.storage_key, row.size = "ready", key, sealed.size
    row.ready_at, row.expires_at = now, now + LIFE
    notify(
        db,
        tools,
        NoticeKind.EXPORT_READY,
        Channel.EMAIL,
        account_id=account.id,
        values={"link": "/mes-donnees"},
    )


def take_copy(db: Session, tools: Tools, identity: Identity, copy: Copy, origin: Origin) -> Iterator[bytes]:
    """The archive in clear, piece by piece; that it left is in the journal.

    Raises KeyError when its file is not there.
    """
    key = db.scalars(select(DataExport.storage_key).where(DataExport.id == copy.id)).one()
    chunks = tools.find(IStorage).chunks(key or "")
    record(
        db,
        EventKind.EXPORT_DOWNLOADED,
        actor_account_id=identity.account_id,
        subject_person_id=identity.person_id,
        origin=origin,
    )
    return unsealed(tools.cipher, copy.public_id.bytes, chunks)


def expire_copies(db: Session, tools: Tools) -> None:
    """Delete the files of the copies whose day is over; those that never came are told so."""
    now = tools.now()
    storage = tools.find(IStorage)
    over = select(DataExport).where(DataExport.state == "ready", DataExport.expires_at <= now)
    for row in db.scalars(over.with_for_update(skip_locked=True)):
        if row.storage_key:
            storage.delete(row.storage_key)
        row.state, row.storage_key = "expired", None
    late = select(DataExport).where(DataExport.state == "waiting", DataExport.asked_at <= now - PATIENCE)
    for row in db.scalars(late.with_for_update(skip_locked=True)):
        row.state = "failed"


def _of(account_id: int) -> Select[tuple[DataExport]]:
    return select(DataExport).where(DataExport.account_id == account_id)


def _copy(row: DataExport) -> Copy:
    return Copy(row.id, row.public_id, row.state, row.asked_at, row.expires_at, row.size)
