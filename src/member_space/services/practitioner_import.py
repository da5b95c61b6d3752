"""Import of a directory of practitioners: laid down by chunks, merged at once when all of it is here (C87, C91).

A directory is large, so that reading it commits as it goes: what was laid down before a stop is not read again. The
search sees nothing of it before the merge, one transaction that makes the table what the source says today.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from pathlib import Path
from typing import Any

from sqlalchemy import LargeBinary, delete, func, insert, select, update
from sqlalchemy.orm import Session, sessionmaker

from member_space.domain.events import EventKind
from member_space.models import PRACTICE_STAGING, PractitionerImport, PractitionerRefusal
from member_space.models.practitioner import STAGED
from member_space.services.events import record
from member_space.services.feed import MAX_SHOWN, Remark, Report
from member_space.services.practitioner_file import Chunk, DirectoryFile
from member_space.services.practitioner_merge import merge
from member_space.services.practitioner_rows import COLUMNS, Lines, Texts, staged
from member_space.services.practitioner_sources import Read, open_directory
from member_space.services.statement_write import NULL, copy_texts

_BYTES = frozenset(one.name for one in STAGED if isinstance(one.type, LargeBinary))
_NULLABLE = frozenset(one.name for one in STAGED if one.nullable)
SOURCES = ("rpps", "ameli", "network")


class AnotherImportError(Exception):
    """Another process reads the same files into the same import."""


@dataclass(frozen=True, slots=True)
class _Opened:
    path: Path
    file: DirectoryFile
    read: Read
    start: int
    """The byte at which it begins in all the files of the import."""


def import_practitioners(
    sessions: sessionmaker[Session],
    source: str,
    paths: Sequence[Path],
    *,
    day: date,
    accept_loss: bool = False,
    advance: Callable[[int], Any] = lambda _size: None,
) -> Report:
    """Make the search tell what a directory says on a day, and nothing else of that directory any more.

    `paths`: all its files (Ameli has two). `accept_loss`: even when a fifth of what is known would go, as when half a
    file came. `advance` is told the bytes read. The same files again change nothing; an import that was stopped goes
    on where it was. Raises FeedRefusedError, whose report says what is wrong: nothing is then changed. Commits.
    """
    report = Report(", ".join(path.name for path in paths), Counter())
    opened, size = [], 0
    for path in paths:
        file, read = open_directory(source, path, report)
        opened.append(_Opened(path, file, read, size))
        size += path.stat().st_size
    sha256 = hashlib.sha256(b"".join(one.file.sha256 for one in opened)).digest()
    with sessions.begin() as db:
        if _already(db, source, sha256, day, report):
            return report
        run, at, line = _begin(db, source, report.file, sha256, day)
    for one in opened:
        size = one.path.stat().st_size
        if at >= one.start + size:
            advance(size)
            continue
        begun = at - one.start if at > one.start else 0
        for chunk, lines in _one_ahead(one, begun, line if begun else 1, advance):
            with sessions.begin() as db:
                _lay_down(db, run, chunk, lines, one, at)
            at, line = one.start + chunk.end, chunk.last_line
    with sessions.begin() as db:
        merge(db, run, accept_loss, report)
        _tell_refusals(db, run, report)
        record(db, EventKind.PRACTITIONERS_IMPORTED, details={"source": source, "file": report.file, **report.counts})
    return report


def _already(db: Session, source: str, sha256: bytes, day: date, report: Report) -> bool:
    """Whether the newest import is of these very files; refuses an extract older than it."""
    newest = db.execute(
        select(PractitionerImport.sha256, PractitionerImport.day)
        .where(PractitionerImport.source == source, PractitionerImport.state == "merged")
        .order_by(PractitionerImport.id.desc())
        .limit(1)
    ).one_or_none()
    if newest and newest.sha256 == sha256:
        report.counts["already"] = 1
        return True
    if newest and day < newest.day:
        report.refuse(0, "", "", f"l'extrait du {newest.day:%d/%m/%Y} est déjà importé, celui-ci est plus ancien")
        report.close()
    return False


def _begin(db: Session, source: str, names: str, sha256: bytes, day: date) -> tuple[int, int, int]:
    """The import to go on with: its id, the byte and the line it got to. One left for other files is given up."""
    open_one = db.execute(
        select(PractitionerImport)
        .where(PractitionerImport.source == source, PractitionerImport.state == "reading")
        .with_for_update()
    ).scalar_one_or_none()
    if open_one and open_one.sha256 == sha256 and open_one.day == day and _is_whole(db, open_one):
        return open_one.id, open_one.read_bytes, open_one.lines
    if open_one:
        db.execute(delete(PRACTICE_STAGING).where(PRACTICE_STAGING.c.import_id == open_one.id))
        open_one.state, open_one.ended_at = "given_up", func.now()
        db.flush()
    run = PractitionerImport(source=source, file=names, sha256=sha256, day=day)
    db.add(run)
    db.flush()
    return run.id, 0, 1


def _is_whole(db: Session, run: PractitionerImport) -> bool:
    """Whether what was laid down is still there: PostgreSQL empties such a table when it recovers from a crash."""
    there = db.scalar(select(func.count()).select_from(PRACTICE_STAGING).where(PRACTICE_STAGING.c.import_id == run.id))
    return bool(there == run.counts.get("laid_down", 0))


def _one_ahead(one: _Opened, begun: int, line: int, advance: Callable[[int], Any]) -> Iterator[tuple[Chunk, Lines]]:
    """The chunks of a file; while the server writes one, a thread reads the next."""
    chunks = one.file.chunks(begun, line, advance)

    def read() -> tuple[Chunk, Lines] | None:
        chunk = next(chunks, None)
        return (chunk, one.read(chunk)) if chunk else None

    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(read)
        while found := following.result():
            following = pool.submit(read)
            yield found


def _lay_down(db: Session, run: int, chunk: Chunk, lines: Lines, one: _Opened, at: int) -> None:
    """Write a chunk and where reading got to, in one transaction."""
    numbers, planes, columns = staged(db, lines, chunk.report)
    count = len(numbers)
    # What nobody says is not written at all: a third of the columns of the RPPS.
    said = [name for name in COLUMNS if name not in _NULLABLE or any(value is not None for value in columns[name])]
    copy_texts(
        db,
        "practice_staging",
        ("import_id", "line", "plane", *said),
        repeat(str(run), count),
        map(str, numbers.tolist()),
        map(str, planes.tolist()),
        *(_copied(name, columns[name]) for name in said),
    )
    _keep_refusals(db, run, one.path.name, chunk.report.refusals)
    moved = db.execute(
        update(PractitionerImport)
        .where(PractitionerImport.id == run, PractitionerImport.read_bytes == at, PractitionerImport.state == "reading")
        .values(read_bytes=one.start + chunk.end, lines=chunk.last_line)
        .returning(PractitionerImport.counts)
    ).scalar_one_or_none()
    if moved is None:
        raise AnotherImportError
    counts = Counter(moved) + lines.aside + chunk.report.counts
    counts += Counter(lines=len(chunk.lines), laid_down=count, refused=chunk.report.refused)
    db.execute(update(PractitionerImport).where(PractitionerImport.id == run).values(counts=dict(counts)))


def _copied(name: str, values: Texts) -> Iterable[str]:
    """A column as COPY reads it; texts were cleaned of backslashes."""
    if name in _BYTES:
        return [rf"\\x{value}" for value in values]
    if name in _NULLABLE:
        return [NULL if value is None else str(value) for value in values]
    found: list[str] = values.tolist()
    return found


def _keep_refusals(db: Session, run: int, name: str, refusals: list[Remark]) -> None:
    rows = [
        {"import_id": run, "file": name, "line": one.line, "column": one.column, "reason": one.reason}
        for one in {one.line: one for one in refusals}.values()
    ]
    if rows:
        db.execute(insert(PractitionerRefusal), rows)


def _tell_refusals(db: Session, run: int, report: Report) -> None:
    """Put the lines that were not taken in the report, those of an earlier part of the import too."""
    rows = db.scalars(
        select(PractitionerRefusal)
        .where(PractitionerRefusal.import_id == run)
        .order_by(PractitionerRefusal.file, PractitionerRefusal.line)
        .limit(MAX_SHOWN)
    )
    for row in rows:
        report.warn(row.line, row.column, "", row.reason)
    report.warned = report.counts["refused"]
