"""`member-space statements`: the claims engine's statements."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from member_space.adapters.clock import SystemClock
from member_space.cli.console import run_feeds, sessions_of
from member_space.services.feed import Report

SUMMARY = "{statements} décompte(s), {lines} ligne(s), {payments} virement(s) ; {already} décompte(s) déjà importé(s)"


@click.group()
def statements() -> None:
    """The statements (décomptes) of the claims engine."""


@statements.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file.")
@click.pass_obj
def import_command(ini: str, files: tuple[Path, ...], as_json: bool) -> None:
    """Bring in files of statements, each whole or not at all (format: docs/feeds.md).

    Exit 0: imported, or already there; 2: a file was refused and nothing of it was written.
    """
    from member_space.services.statement_import import import_statements

    today = SystemClock().today()

    def bring_in(db: Session, path: Path, advance: Callable[[int], Any]) -> Report:
        return import_statements(db, path, today=today, advance=advance)

    with sessions_of(ini) as sessions:
        run_feeds(sessions, files, bring_in, SUMMARY, as_json)
