"""What a member takes away: a copy of everything held about him, or the reimbursements of a long period (C156, C59).

Asked for, made by a job, taken within a day.

A copy is a ZIP (Zip64) of JSON and CSV, a summary in PDF and a manifest with the SHA-256 of each file; made and sealed
as it is read, so that memory is the same for a line of care and for a million, and nothing in clear is on our disks.
"""

import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, or_, select, update
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.domain.notices import Channel, NoticeKind
from member_space.interfaces import IPdf, IStorage
from member_space.models import Account, Contract, DataExport, Person
from member_space.services.account_lock import lock_account
from member_space.services.events import record
from member_space.services.export_archive import write_archive
from member_space.services.export_part import scope_of
from member_space.services.notification import notify
from member_space.services.reimbursement_export import write_lines
from member_space.services.reimbursement_files import FileFormat, Wanted
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
    """A request for a copy. ``size`` in bytes, once it is ready. ``wanted``: which reimbursements; None: everything."""

    id: int
    public_id: UUID
    state: str
    asked_at: datetime
    expires_at: datetime | None
    size: int | None
    wanted: Wanted | None


def last_copy(db: Session, account_id: int) -> Copy | None:
    """The last one of everything that was asked for."""
    row = db.scalars(_of_all(account_id).order_by(DataExport.id.desc()).limit(1)).one_or_none()
    return _copy(row) if row else None


def find_copy(
    db: Session, tools: Tools, account_id: int, public_id: UUID, *, reimbursements: bool = False
) -> Copy | None:
    """The copy of this id, while it can be taken and only for whose it is; one of everything is not found among
    ``reimbursements``, which ask for no second factor."""
    row = db.scalars(
        _of(account_id).where(
            DataExport.public_id == public_id,
            DataExport.format.is_not(None) == reimbursements,
            DataExport.state == "ready",
            DataExport.expires_at > tools.now(),
        )
    ).one_or_none()
    return _copy(row) if row else None


def ask_copy(db: Session, tools: Tools, identity: Identity, origin: Origin) -> None:
    """Ask for a copy; while one is being made or can be taken, it is that one."""
    lock_account(db, identity.account_id)  # two tabs at once
    _ask(db, tools, identity, origin, _of_all(identity.account_id), DataExport(account_id=identity.account_id))


def ask_file(db: Session, tools: Tools, identity: Identity, wanted: Wanted, origin: Origin) -> None:
    """Ask for the reimbursements of a long period; the same ones asked for twice are one file."""
    lock_account(db, identity.account_id)
    asked = {"format": wanted.format.value, "since": wanted.since, "until": wanted.until}
    same = _of(identity.account_id).filter_by(**asked)
    _ask(db, tools, identity, origin, same, DataExport(account_id=identity.account_id, **asked))


def files_of(db: Session, tools: Tools, account_id: int) -> list[Copy]:
    """The files of reimbursements that are being made or can be taken, the latest first."""
    rows = db.scalars(
        _of(account_id).where(DataExport.format.is_not(None), _is_useful(tools.now())).order_by(DataExport.id.desc())
    )
    return [_copy(row) for row in rows]


def _ask(
    db: Session, tools: Tools, identity: Identity, origin: Origin, same: Select[tuple[DataExport]], row: DataExport
) -> None:
    """Have this one made, unless one of ``same`` is being made or can be taken."""
    row.asked_at = tools.now()
    if db.scalar(select(same.where(_is_useful(row.asked_at)).exists())):
        return
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
        _write(db, tools, row, account, person, sealed)
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
        values={"link": "/remboursements/exporter" if row.format else "/mes-donnees"},
    )


def _write(db: Session, tools: Tools, row: DataExport, account: Account, person: Person, out: SealedWriter) -> None:
    scope, wanted = scope_of(db, tools, account), _wanted(row)
    if wanted:
        write_lines(db, tools, scope.household, wanted, account.language, out)
    else:
        write_archive(db, tools, tools.find(IPdf), scope, f"{person.first_name} {person.last_name}", out)


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


def withdraw_files(db: Session, contract_ids: Collection[int], person_id: int) -> None:
    """Nobody takes any more the files of reimbursements that hold this person's care as a holder read it until now.

    One that is being made meanwhile is waited for, and withdrawn too.
    """
    row = DataExport
    holders = select(Account.id).join(Contract, Contract.holder_id == Account.person_id)
    readers = holders.where(Contract.id.in_(contract_ids), Account.person_id != person_id)
    files = update(row).where(row.account_id.in_(readers), row.format.is_not(None), row.state.in_(["waiting", "ready"]))
    over = case((row.state == "waiting", "failed"), else_=row.state)
    db.execute(files.values(state=over, expires_at=row.asked_at), execution_options={"synchronize_session": False})


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


def _of_all(account_id: int) -> Select[tuple[DataExport]]:
    return _of(account_id).where(DataExport.format.is_(None))


def _is_useful(now: datetime) -> ColumnElement[bool]:
    return or_(DataExport.state == "waiting", and_(DataExport.state == "ready", DataExport.expires_at > now))


def _wanted(row: DataExport) -> Wanted | None:
    if row.format is None or row.since is None or row.until is None:
        return None
    return Wanted(row.since, row.until, FileFormat(row.format))


def _copy(row: DataExport) -> Copy:
    return Copy(row.id, row.public_id, row.state, row.asked_at, row.expires_at, row.size, _wanted(row))
