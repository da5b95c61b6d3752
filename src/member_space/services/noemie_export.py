"""The 408 that tells the funds our movements: one physical file, with one logical file for each fund.

Either the file is there and its movements are sent, or neither. The file is written under a temporary name, the
movements are marked, the transaction commits, and only then the file takes its name. A process that dies between the
two last steps leaves a committed file under its temporary name: the next run gives it its name (`_recover`). A process
that dies before leaves one that the ledger does not know: the next run removes it, its movements are sent anew.
"""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Row, func, insert, select, text
from sqlalchemy.orm import Session, sessionmaker

from member_space.domain.events import EventKind
from member_space.domain.nir import LENGTH
from member_space.interfaces import ICipher
from member_space.models import NoemieFile
from member_space.noemie import Entry, Fund, LogicalFile, NoemieError, logical_files, write
from member_space.services import events
from member_space.services.noemie_movements import plan_movements
from member_space.settings import NoemieParty

PARTIAL = ".partial"
WRITING = 408_000
"""Advisory lock: one 408 is written at a time."""

# Locked, so that a request of a member waits for its file, or is in the next one.
_TO_SEND = text("""
select m.id, m.kind, m.contract_type, m.starts_on, m.ends_on, t.regime, t.fund, t.centre, t.nir_encrypted,
       t.insured_last_name, t.insured_first_name, t.birth_date_raw, t.birth_rank,
       p.last_name, p.first_name, k.member_number
from movement m
join teletransmission t on t.id = m.teletransmission_id
join person p on p.id = t.person_id
join contract k on k.id = t.contract_id
where m.sent_at is null and not m.held
order by t.regime, t.fund, t.centre, t.nir_index, m.id
for update of m
""")


_SENT = text("update movement set sent_at = clock_timestamp(), noemie_file_id = :file where id = any(:movements)")


@dataclass(frozen=True, slots=True)
class Export:
    """A physical file written: its path, its movements, and its funds (« 01 751 000 »)."""

    path: Path
    movements: int
    funds: list[str]


def write_408(
    sessions: sessionmaker[Session], cipher: ICipher, noemie: NoemieParty, folder: Path, today: date
) -> Export | None:
    """Write the movements to send into `folder` and mark them sent; None when there are none.

    Raises NoemieError, with nothing written nor marked, for a value that its zone cannot hold; OSError when the
    folder refuses the file.
    """
    with sessions() as db:
        db.execute(select(func.pg_advisory_xact_lock(WRITING)))
        _recover(db, folder)
        plan_movements(db, noemie.contract_type, today)
        rows = db.execute(_TO_SEND).all()
        if not rows:
            db.commit()
            return None
        groups = [list(group) for _, group in groupby(rows, _fund)]
        ids = _new_ids(db, len(groups))
        export = Export(
            folder / f"noemie-408-{today:%Y%m%d}-{ids[0]:06}.txt", len(rows), [" ".join(_fund(g[0])) for g in groups]
        )
        temporary = export.path.with_name(f".{export.path.name}{PARTIAL}")
        try:
            pieces = (
                _register(db, cipher, noemie, group, file_id, today, export.path.name)
                for file_id, group in zip(ids, groups, strict=True)
            )
            _write(temporary, pieces)
            db.commit()
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    _rename(temporary, export.path)
    return export


def _fund(row: Row[Any]) -> Fund:
    return Fund(row.regime, row.fund, row.centre)


def _new_ids(db: Session, count: int) -> list[int]:
    sequence = text("select nextval(pg_get_serial_sequence('noemie_file', 'id')) from generate_series(1, :count)")
    return list(db.scalars(sequence, {"count": count}))


def _register(
    db: Session,
    cipher: ICipher,
    noemie: NoemieParty,
    rows: list[Row[Any]],
    file_id: int,
    today: date,
    file_name: str,
) -> bytes:
    """The bytes of a fund's logical file, entered in the ledger with its movements marked sent.

    The identification is our own sequence: sender, identification and date are how a fund knows a duplicate.
    """
    file = _logical_file(cipher, noemie, rows, today, f"{file_id % 1_000_000:06}")
    data = write([file])
    envelope = file.envelope
    db.execute(
        insert(NoemieFile).values(
            id=file_id,
            direction="out",
            reference=envelope.reference,
            sender=f"{envelope.sender_type} {envelope.sender}",
            recipient=f"{envelope.recipient_type} {envelope.recipient}",
            identification=envelope.identification,
            created_on=today,
            sha256=hashlib.sha256(data).digest(),
            file_name=file_name,
            lines=len(rows),
        )
    )
    db.execute(_SENT, {"file": file_id, "movements": [row.id for row in rows]})
    details = {"file": file_id, "fund": " ".join(_fund(rows[0])), "movements": len(rows)}
    events.record(db, EventKind.NOEMIE_FILE_WRITTEN, details=details)
    return data


def _logical_file(
    cipher: ICipher, noemie: NoemieParty, rows: list[Row[Any]], today: date, identification: str
) -> LogicalFile:
    (file,) = logical_files(
        ((_fund(row), _entry(cipher, row)) for row in rows),
        oc_number=noemie.oc_number,
        created_on=today,
        identification=identification,
        sender_type=noemie.sender_type,
    )
    return file


def _entry(cipher: ICipher, row: Row[Any]) -> Entry:
    nir = cipher.decrypt(row.nir_encrypted)
    return Entry(
        nir=nir[:LENGTH],
        key=nir[LENGTH:],
        name=row.insured_last_name,
        first_name=row.insured_first_name,
        birth_date_raw=row.birth_date_raw,
        birth_rank=str(row.birth_rank),
        beneficiary_name=row.last_name,
        beneficiary_first_name=row.first_name,
        member_number=row.member_number,
        movement=row.kind,
        contract_type=row.contract_type,
        start=row.starts_on,
        end=row.ends_on,
    )


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    """Write and reach the disk; readable by us alone, as it holds NIRs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - a descriptor
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())


def _rename(temporary: Path, path: Path) -> None:
    try:
        temporary.replace(path)
    except OSError as error:
        if path.exists():  # another run gave it its name first
            return
        raise NoemieError(
            f"les mouvements sont marqués envoyés et le fichier est entier, mais il n'a pas pu prendre son nom "
            f"({error.strerror}) : renommez {temporary.name}, ou relancez la commande",
            file=path.name,
        ) from error


def _recover(db: Session, folder: Path) -> None:
    """Finish, or forget, what an interrupted run left in the folder."""
    for temporary in sorted(folder.glob(f".noemie-408-*{PARTIAL}")):
        name = temporary.name[1:].removesuffix(PARTIAL)
        if db.scalar(select(NoemieFile.id).filter_by(direction="out", file_name=name).limit(1)):
            _rename(temporary, folder / name)
        else:
            temporary.unlink(missing_ok=True)
