"""Import of a guarantee table from its file: checked whole, then written over the versions that are known."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.domain.guarantee import GuaranteeLine, GuaranteeTable
from member_space.domain.guarantee_versions import (
    GapError,
    InForceError,
    Version,
    dated_lines,
    next_versions,
    versions_of,
)
from member_space.domain.period import Period
from member_space.domain.reimbursement_figures import Figures
from member_space.models import Guarantee, Tariff
from member_space.models import GuaranteeTable as TableRow
from member_space.services.events import record
from member_space.services.figures import figures_of
from member_space.services.guarantee import columns_of, line_of
from member_space.services.guarantee_entry import Problem
from member_space.services.guarantee_file import GuaranteeFile, read_guarantees
from member_space.services.guarantee_law import LAW, breaches_of, days_to_look

IMPORT_LOCK = 6547


class GuaranteesRefusedError(ValueError):
    """A file cannot be imported: nothing of it was written. ``problems``: all of them, by line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = sorted(dict.fromkeys(problems), key=lambda problem: problem.line)


class ChangeKind(StrEnum):
    """What becomes of a dated line."""

    NEW = "new"
    ENDED = "ended"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line that begins, one whose last day is another, or one that had not begun and never will."""

    kind: ChangeKind
    line: GuaranteeLine


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What a file changes (or would). ``kept``: lines that stay as they are."""

    code: str
    label: str
    is_new: bool
    relabelled: bool
    changes: tuple[LineChange, ...]
    kept: int


def import_guarantees(db: Session, content: bytes, today: date) -> ImportReport:
    """Bring in a file (docs/guarantees.md). The same one again changes nothing and leaves no event.

    The caller's transaction is the file's: rolled back, it was a dry run. Raises GuaranteesRefusedError.
    """
    db.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": IMPORT_LOCK})
    figures = figures_of(db)
    file = read_guarantees(content, figures.acts)
    if not file.problems.found:
        changes = db.scalars(select(func.lower(Tariff.period)).where(Tariff.act_code == LAW)).all()
        _refuse_breaches(file, figures, changes)
    _refuse(file)
    table = db.scalar(select(TableRow).where(TableRow.code == file.code))
    rows: Sequence[Guarantee] = ()
    if table:
        if table.responsible != file.responsible:
            file.problems.add((), "responsible", "une table ne change pas de nature : donnez à celle-ci un autre code")
        rows = db.scalars(select(Guarantee).where(Guarantee.guarantee_table_id == table.id)).all()
    wanted = _wanted(file, [line_of(row) for row in rows], today)
    _refuse(file)
    return _write(db, file, table, rows, wanted)


def _refuse(file: GuaranteeFile) -> None:
    if file.problems.found:
        raise GuaranteesRefusedError(file.problems.found)


def _refuse_breaches(file: GuaranteeFile, figures: Figures, changes: Collection[date]) -> None:
    """``changes``: the days on which a figure of the law begins."""
    if not figures.acts or not changes:
        file.problems.add((), "", "les référentiels ne sont pas chargés : lancez d’abord member-space reference load")
        return
    following: list[Version | None] = [*file.versions[1:], None]
    for version, after in zip(file.versions, following, strict=True):
        if not version.lines:
            continue
        lines = (replace(line, period=Period(version.start)) for line in version.lines)
        table = GuaranteeTable(
            file.code, file.label, file.responsible, tuple(sorted(lines, key=lambda line: line.rank))
        )
        for day in days_to_look(version.start, after.start if after else None, changes):
            for breach in breaches_of(table, figures, day):
                file.refuse(version.start, breach.rank, breach.field, breach.reason)


def _wanted(file: GuaranteeFile, known: Sequence[GuaranteeLine], today: date) -> list[GuaranteeLine]:
    """The dated lines that the table will have; none when the file cannot take its place, which is told."""
    try:
        return dated_lines(next_versions(versions_of(known), file.versions, today))
    except InForceError as error:
        reason = (
            f"la version connue du {error.day:%d/%m/%Y} a commencé : elle ne se corrige pas, des soins ont été "
            "calculés avec elle ; donnez à la nouvelle sa propre date, après celle-là"
        )
    except GapError as error:
        reason = f"aucune version ne serait en vigueur à partir du {error.day:%d/%m/%Y} : la suite doit s’y joindre"
    file.refuse(file.versions[0].start, None, "starts_on", reason)
    return []


def _write(
    db: Session,
    file: GuaranteeFile,
    table: TableRow | None,
    rows: Sequence[Guarantee],
    wanted: Sequence[GuaranteeLine],
) -> ImportReport:
    """Write what differs: what ends or goes before what begins, as the database allows no overlap."""
    is_new = table is None
    table = table or TableRow(code=file.code, label=file.label, responsible=file.responsible)
    relabelled = table.label != file.label
    table.label = file.label
    db.add(table)
    db.flush()
    by_content = {_identity(line): line for line in wanted}
    changes: list[LineChange] = []
    kept = 0
    for row in rows:
        known = line_of(row)
        line = by_content.pop(_identity(known), None)
        if line is None:
            db.delete(row)
            changes.append(LineChange(ChangeKind.REMOVED, known))
        elif line.period != known.period:
            row.period = columns_of(line)["period"]
            changes.append(LineChange(ChangeKind.ENDED, line))
        else:
            kept += 1
    db.flush()
    db.add_all(Guarantee(guarantee_table_id=table.id, **columns_of(line)) for line in by_content.values())
    db.flush()
    changes += [LineChange(ChangeKind.NEW, line) for line in by_content.values()]
    changes.sort(key=lambda change: (change.line.rank, change.line.period.start))
    if changes or is_new or relabelled:
        record(db, EventKind.GUARANTEES_IMPORTED, details={"table": file.code, **_counts(changes)})
    return ImportReport(file.code, file.label, is_new, relabelled, tuple(changes), kept)


def _counts(changes: Sequence[LineChange]) -> Mapping[str, int]:
    return {kind.value: sum(change.kind is kind for change in changes) for kind in ChangeKind}


def _identity(line: GuaranteeLine) -> tuple[date, GuaranteeLine]:
    """A line by its first day and what it says, whatever its last day."""
    return line.period.start, replace(line, period=Period(line.period.start))
