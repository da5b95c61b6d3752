"""`member-space guarantees`: the tables that contracts promise."""

import sys
from pathlib import Path

import click

from member_space.adapters.clock import SystemClock
from member_space.cli.console import REFUSED, disk_words, sessions_of
from member_space.services.guarantee_import import (
    ChangeKind,
    GuaranteesRefusedError,
    ImportReport,
    LineChange,
    import_guarantees,
)

_DRY_WORDS = {False: "écrit", True: "essai, rien n’est écrit"}
_MARKS = {ChangeKind.NEW: "+", ChangeKind.ENDED: "~", ChangeKind.REMOVED: "-"}


@click.group()
def guarantees() -> None:
    """Guarantee tables: what contracts promise, line by line, with its dates."""


@guarantees.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.pass_obj
def import_command(ini: str, files: tuple[Path, ...], dry_run: bool) -> None:
    """Bring in tables from TOML files, each whole or not at all (format: docs/guarantees.md).

    Exit 0: imported, or nothing to change; 2: a file was refused and nothing of it was written.
    """
    refused = False
    with sessions_of(ini) as sessions:
        for path in files:
            try:
                with sessions() as db, db.begin() as transaction:
                    report = import_guarantees(db, path.read_bytes(), SystemClock().today())
                    if dry_run:
                        transaction.rollback()
            except GuaranteesRefusedError as error:
                refused = True
                click.echo(f"{path} : refusé, rien n’a été écrit ({len(error.problems)} à corriger)", err=True)
                for problem in error.problems:
                    field = f" {problem.field} :" if problem.field else ""
                    click.echo(f"  {path}:{problem.line}:{field} {problem.reason}", err=True)
            except OSError as error:
                refused = True
                click.echo(f"{path} : {disk_words(error)}", err=True)
            else:
                _tell(path, report, dry_run)
    if refused:
        sys.exit(REFUSED)


def _tell(path: Path, report: ImportReport, dry_run: bool) -> None:
    if not (report.changes or report.is_new or report.relabelled):
        click.echo(f"{path} : {report.code} ({report.label}), rien ne change, {report.kept} ligne(s) en place")
        return
    new, ended, removed = (sum(change.kind is kind for change in report.changes) for kind in ChangeKind)
    what = "nouvelle table" if report.is_new else "table connue"
    click.echo(
        f"{path} : {report.code} ({report.label}), {what}, {_DRY_WORDS[dry_run]} : {new} ligne(s) nouvelle(s), "
        f"{ended} dont la fin change, {removed} retirée(s) avant d’avoir commencé, {report.kept} en place"
    )
    for change in report.changes:
        click.echo(f"  {_MARKS[change.kind]} {_words(change)}")


def _words(change: LineChange) -> str:
    period = change.line.period
    end = f" au {period.end:%d/%m/%Y}" if period.end else ", sans fin"
    return f"{change.line.rank:>3}  {change.line.label}, du {period.start:%d/%m/%Y}{end}"
