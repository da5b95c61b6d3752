"""Import of the claims engine's statements: one transaction a file, look-ups by chunk, writing by COPY."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.models import Act, ActFamilyRow, Statement
from member_space.services.events import record
from member_space.services.feed import FeedFile, Lines, Report
from member_space.services.statement_announce import announce_statements
from member_space.services.statement_check import (
    MAX_LINES,
    Seen,
    check_amounts,
    check_dates,
    check_rights,
    check_statements,
)
from member_space.services.statement_feed import COLUMNS, REQUIRED, Chunk, Mask, read_chunk
from member_space.services.statement_rights import Rights, any_of, read_rights
from member_space.services.statement_write import KnownAct, write

CHUNK = 20_000
"""Lines read at once: some 60 MB of work, whatever the file."""
IMPORT_LOCK = 6545


def import_statements(
    db: Session, path: Path, *, today: date, advance: Callable[[int], Any] = lambda _size: None
) -> Report:
    """Bring in a file of statements, whole or not at all; the format is in docs/feeds.md.

    A statement that is already there with the same content is no change; with another content it is refused.
    `advance` is told the bytes read. The caller's transaction is the file's: it must be rolled back when this raises
    FeedRefusedError, whose report says what is wrong.
    """
    report = Report(path.name, Counter(dict.fromkeys(("statements", "lines", "payments", "already"), 0)))
    feed = FeedFile(path, REQUIRED, report, advance)
    # Imports take turns, so that a reference looked up stays free until it is written. The rules of the database
    # run once a statement with a plan that is kept: made on small tables it would read them whole for ever.
    db.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": IMPORT_LOCK})
    db.execute(text("set local enable_seqscan = off"))
    last = db.scalar(select(func.coalesce(func.max(Statement.id), 0))) or 0
    acts = known_acts(db)
    seen = Seen()
    for lines in whole_statements(feed):
        chunk = read_chunk(feed, lines, report)
        fingerprints = fingerprints_of(chunk)
        check_statements(chunk, seen)
        known = already_there(db, chunk, fingerprints)
        rights = check_chunk(db, chunk, known, acts, today)
        report.counts["already"] += int(known.sum())
        if rights and not report.refused:
            write(db, chunk, ~known, fingerprints, rights, acts, report)
    report.close()
    if not any(report.counts.values()):
        report.refuse(1, "", "", "aucune ligne de décompte dans le fichier")
        report.close()
    announce_statements(db, last, today)
    record(db, EventKind.STATEMENTS_IMPORTED, details={"file": report.file, **report.counts})
    return report


def known_acts(db: Session) -> dict[str, KnownAct]:
    """Every act of the reference tables by its code."""
    rows = db.execute(
        select(Act.code, Act.label, Act.family, ActFamilyRow.label.label("family_label")).outerjoin(
            ActFamilyRow, ActFamilyRow.code == Act.family
        )
    )
    return {row.code: KnownAct(row.label, row.family, row.family_label or "") for row in rows}


def whole_statements(feed: FeedFile) -> Iterator[Lines]:
    """Chunks that end with a statement: its lines are held back until the next one begins."""
    at = feed.header.index("statement_ref")
    rest = Lines([], [])
    for more in feed.chunks(CHUNK):
        lines = rest + more
        start = len(lines.raw) - 1
        last = feed.split(lines.raw[start])[at]
        while start and feed.split(lines.raw[start - 1])[at] == last:
            start -= 1
        if start == 0 or len(lines.raw) - start > MAX_LINES:
            start = len(lines.raw)
        whole, rest = lines.split(start)
        yield whole
    if rest.raw:
        yield rest


def fingerprints_of(chunk: Chunk) -> list[bytes]:
    """SHA-256 of each statement's rows as understood: another encoding or spelling of a value is no change."""
    values = [chunk.text(name).tolist() for name in COLUMNS]
    rows = list(map("\t".join, zip(*values, strict=True)))
    ends = [*chunk.starts[1:].tolist(), len(rows)]
    return [
        hashlib.sha256("\n".join(rows[start:end]).encode()).digest()
        for start, end in zip(chunk.starts.tolist(), ends, strict=True)
    ]


def already_there(db: Session, chunk: Chunk, fingerprints: list[bytes]) -> Mask:
    """Which statements are known with this very content; those known with another one are refused."""
    references = chunk.text("statement_ref")[chunk.starts].tolist()
    rows = db.execute(select(Statement.reference, Statement.fingerprint).where(any_of(Statement.reference, references)))
    known: dict[str, bytes] = {row.reference: row.fingerprint for row in rows}
    bad = chunk.bad_statements
    same = np.array([known.get(r) == f for r, f in zip(references, fingerprints, strict=True)], bool) & ~bad
    other = np.array([r in known for r in references], bool) & ~same
    first = np.zeros(len(chunk), bool)
    first[chunk.starts] = True
    chunk.refuse(
        first & other[chunk.statement],
        "statement_ref",
        "ce décompte est déjà importé avec un autre contenu : un décompte émis ne change pas, envoyez un rectificatif",
    )
    return same


def check_chunk(db: Session, chunk: Chunk, known: Mask, acts: dict[str, KnownAct], today: date) -> Rights | None:
    """Every rule of a row, on the statements that are not there yet; None when there are none."""
    if known.all():
        return None
    # What is already there was checked when it came; the rights of then may have been corrected since.
    there = known[chunk.statement]
    mistaken = chunk.bad.copy()
    chunk.bad |= there
    check_dates(chunk, today)
    column = chunk.columns["act_code"]
    unknown = np.array([code not in acts for code in column.texts], bool)
    chunk.refuse(unknown[column.codes], "act_code", "acte inconnu de la table des actes")
    rights = read_rights(db, chunk)
    chunk.refuse(rights.contract_id == 0, "contract_number", "contrat inconnu")
    chunk.refuse(rights.person_id == 0, "person_ref", "personne inconnue de ce contrat")
    check_rights(chunk, rights.covered)
    check_amounts(chunk, rights.responsible)
    chunk.bad = np.where(there, mistaken, chunk.bad)
    return rights
