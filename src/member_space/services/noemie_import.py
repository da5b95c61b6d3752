"""The ledger of what the funds answer: a 929 is imported once, in one transaction for each physical file.

A file is read twice. The first reading checks everything that can be counted, so that a refused file touches neither
the database nor the storage; the second one copies the lines. The dry run is the same work, rolled back.

The physical file is kept, encrypted, before the commit: its key is its own SHA-256, so a transaction that aborts
leaves nothing behind but a file that the next attempt writes again, identical.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple, cast

from psycopg import Cursor
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from member_space.domain.events import EventKind
from member_space.interfaces import ICipher, IStorage
from member_space.models import NoemieFile
from member_space.noemie import Answer
from member_space.services import events
from member_space.services.link_request import settle_links
from member_space.services.noemie_announce import announce_changes
from member_space.services.noemie_matching import Counts, Matched, counts_of, files_waiting, match_lines, outcomes_of
from member_space.services.noemie_movements import follow_up
from member_space.services.noemie_survey import Logical, Version, answers_in, check_unchanged, survey, version_of

PART = 4 << 20
"""Bytes of a part in the storage, so that a file of any size is kept in constant memory."""

LIKE_A_NIR = re.compile("[0-9](?:[ .-]?[0-9AB]){12,}")
"""A fund writes the new number in the wording of a code 40; only the encrypted bytes keep it."""

_COLUMNS = {
    "noemie_file_id": "int8",
    "position": "int4",
    "record": "int4",
    "nir_index": "bytea",
    "birth_date_raw": "text",
    "birth_rank": "int2",
    "member_number": "text",
    "movement": "text",
    "contract_type": "text",
    "starts_on": "date",
    "ends_on": "date",
    "code": "text",
    "nature": "text",
    "label": "text",
    "answered_on": "date",
    "raw_encrypted": "bytea",
}
COPY_LINES = f"copy noemie_line ({', '.join(_COLUMNS)}) from stdin (format binary)"
COLUMN_TYPES = list(_COLUMNS.values())


class Entered(NamedTuple):
    """A logical file in the ledger; `new` when this import put it there."""

    logical: Logical
    file_id: int
    new: bool


@dataclass(frozen=True, slots=True)
class Import:
    """What became of one physical file. `found_again`: lines of files already imported that have their link now."""

    path: Path
    files: list[Entered]
    counts: Counts
    found_again: int

    @property
    def repeated(self) -> bool:
        """Every logical file was already in the ledger."""
        return not any(file.new for file in self.files)

    @property
    def test(self) -> bool:
        """Some logical file says that it is a test or a demonstration."""
        return any(file.logical.envelope.flow in ("T", "D") for file in self.files)


@dataclass(slots=True)
class Reading:
    """An import whose outcome can be read while its session is open."""

    db: Session
    report: Import
    production: bool
    version: Version

    def lines(self) -> Iterator[tuple[Answer, Matched]]:
        """Each answer of the physical file in its order, with what it was matched with. Constant memory.

        Raises NoemieError, at the end, when the file changed since it was entered.
        """
        for index, lines in groupby(answers_in(self.report.path, self.production), itemgetter(0)):
            with closing(outcomes_of(self.db, self.report.files[index].file_id)) as outcomes:
                for (_, _, answer), matched in zip(lines, outcomes, strict=False):
                    yield answer, matched
        check_unchanged(self.report.path, self.version)


def import_929(
    sessions: sessionmaker[Session], cipher: ICipher, storage: IStorage, path: Path, *, production: bool
) -> Import:
    """Enter a physical file in the ledger and match its lines; see `reading_929`."""
    with reading_929(sessions, cipher, storage, path, production=production, apply=True) as reading:
        return reading.report


@contextmanager
def reading_929(
    sessions: sessionmaker[Session],
    cipher: ICipher,
    storage: IStorage,
    path: Path,
    *,
    production: bool,
    apply: bool,
) -> Iterator[Reading]:
    """Enter a physical file of answers and give its outcome; without `apply`, everything is rolled back at the end.

    Raises NoemieError, before anything is written, for a file that is not a whole, right 929; with `production`,
    for a test or demonstration file too. A file already imported changes nothing, except that its lines that wait
    for a link are matched again.
    """
    version = version_of(path)
    logicals = survey(path, production)
    with sessions() as db:
        key = _storage_key(path)
        entered = _enter_all(db, logicals, path.name, key)
        if any(file.new for file in entered):
            _copy(db, cipher, answers_in(path, production), entered)
            check_unchanged(path, version)
            if apply:
                _keep(cipher, storage, path, key)
        report = _match(db, path, entered)
        if apply:
            db.commit()
        yield Reading(db, report, production, version)


def retry_anomalies(db: Session) -> int:
    """Match again every line that waits for its link, after households were loaded; return how many found it."""
    files = files_waiting(db)
    found = match_lines(db, files)
    follow_up(db, files)
    announce_changes(db, files)
    settle_links(db, files)
    return found


def _storage_key(path: Path) -> str:
    with path.open("rb") as file:
        return f"noemie/in/{hashlib.file_digest(file, 'sha256').hexdigest()}"


def _keep(cipher: ICipher, storage: IStorage, path: Path, key: str) -> None:
    """Store the physical file, encrypted in parts `KEY.0000`, `KEY.0001`…"""
    with path.open("rb") as file:
        for number, part in enumerate(iter(partial(file.read, PART), b"")):
            storage.put(f"{key}.{number:04}", cipher.encrypt_bytes(part))


def _enter_all(db: Session, logicals: list[Logical], file_name: str, storage_key: str) -> list[Entered]:
    """Register the logical files, in an order that two imports of the same ones share, so that they never block."""
    order = sorted(range(len(logicals)), key=lambda index: logicals[index].identity)
    entered = {index: _enter(db, logicals[index], file_name, storage_key) for index in order}
    return [entered[index] for index in range(len(logicals))]


def _enter(db: Session, logical: Logical, file_name: str, storage_key: str) -> Entered:
    """Register a logical file once; an import of the same one elsewhere is waited for."""
    envelope = logical.envelope
    names = ("sender", "identification", "created_on", "sha256")
    identity = {"direction": "in"} | dict(zip(names, logical.identity, strict=True))
    statement = insert(NoemieFile).values(
        **identity,
        reference=envelope.reference,
        recipient=f"{envelope.recipient_type} {envelope.recipient}",
        file_name=file_name,
        lines=logical.lines,
        storage_key=storage_key,
        created_at=func.clock_timestamp(),
    )
    made = db.scalar(statement.on_conflict_do_nothing().returning(NoemieFile.id))
    known = made or db.scalars(select(NoemieFile.id).filter_by(**identity)).one()
    return Entered(logical, known, made is not None)


def _copy(db: Session, cipher: ICipher, answers: Iterator[tuple[int, int, Answer]], entered: list[Entered]) -> None:
    """Copy the lines of the new logical files, with their bytes encrypted, in constant memory."""
    cursor = cast(Cursor, db.connection().connection.cursor())
    with cursor.copy(COPY_LINES) as copy:
        copy.set_types(COLUMN_TYPES)
        for index, position, answer in answers:
            file = entered[index]
            if file.new:
                copy.write_row(line_row(cipher, file.file_id, position, answer))


def line_row(cipher: ICipher, file_id: int, position: int, answer: Answer) -> tuple[object, ...]:
    """The row of an answer, in the order of COPY_LINES."""
    rank = answer.birth_rank
    return (
        file_id,
        position,
        answer.record,
        cipher.blind_index(answer.nir + answer.key),
        _text(answer.birth_date_raw),
        int(rank) if rank.isascii() and rank.isdecimal() else 0,
        _text(answer.member_number),
        answer.movement,
        answer.contract_type,
        answer.start,
        answer.end,
        answer.code,
        answer.nature,
        LIKE_A_NIR.sub("•••", _text(answer.label)),
        answer.envelope.created_on,
        cipher.encrypt_bytes(answer.raw),
    )


def _text(value: str) -> str:
    """A NUL inside a zone is padding, and PostgreSQL has none in its texts; the raw bytes keep it."""
    return value.replace("\0", " ")


def _match(db: Session, path: Path, entered: list[Entered]) -> Import:
    """Match what waits for its link, old or new, and write the journal when something changed."""
    new = [file.file_id for file in entered if file.new]
    old = sorted({file.file_id for file in entered if not file.new} - set(new))
    match_lines(db, new)
    found_again = match_lines(db, old)
    follow_up(db, [*new, *old])
    announce_changes(db, [*new, *old])
    settle_links(db, [*new, *old])
    counts = counts_of(db, [file.file_id for file in entered])
    if new or found_again:
        events.record(
            db,
            EventKind.NOEMIE_FILE_IMPORTED,
            details={
                "files": new or old,
                "lines": counts.lines,
                "matched": counts.matched,
                "ambiguous": counts.ambiguous,
                "found_again": found_again,
            },
        )
    return Import(path, entered, counts, found_again)
