"""`member-space households`: contracts, persons and coverages."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from member_space.adapters.clock import SystemClock
from member_space.cli.console import run_feeds, sessions_of, settings_of
from member_space.config import cipher_from
from member_space.services.feed import Report

SUMMARY = (
    "créés : {contracts} contrat(s), {persons} personne(s), {coverages} couverture(s), {links} lien(s) ; "
    "{changed} fiche(s) modifiée(s) ; {movements} mouvement(s) à envoyer ; {cards} carte(s) renouvelée(s)"
)


@click.group()
def households() -> None:
    """Contracts, persons, coverages and their NIR of attachment."""


@households.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file.")
@click.pass_obj
def import_command(ini: str, files: tuple[Path, ...], as_json: bool) -> None:
    """Bring in files of households, each whole or not at all (format: docs/feeds.md).

    Exit 0: imported, or no change; 2: a file was refused and nothing of it was written.
    """
    from member_space.services.household_import import import_households

    def bring_in(db: Session, path: Path, advance: Callable[[int], Any]) -> Report:
        return import_households(
            db,
            path,
            cipher=cipher_from(settings),
            today=SystemClock().today(),
            contract_type=settings.noemie.contract_type,
            advance=advance,
        )

    with sessions_of(ini) as sessions:
        settings = settings_of(ini)
        run_feeds(sessions, files, bring_in, SUMMARY, as_json)


@households.command("index-nir-ends")
@click.pass_obj
def index_command(ini: str) -> None:
    """Make the ends of the NIR that were imported before be found by the office's search; run it once after 0006."""
    from member_space.services.nir_end import fill_ends

    with sessions_of(ini) as sessions:
        cipher, total = cipher_from(settings_of(ini)), 0
        while True:
            with sessions.begin() as db:
                filled = fill_ends(db, cipher)
            if not filled:
                break
            total += filled
    click.echo(f"{total} fin(s) de NIR indexée(s)")
