"""`member-space reference`: régimes, acts and tariffs; the communes."""

import io
import json
import sys
from pathlib import Path

import click

from member_space.cli.console import REFUSED, sessions_of
from member_space.services.commune import write_communes
from member_space.services.reference import ReferenceRefusedError, load_reference

SUMMARY = "nouveaux ou modifiés : {regimes} régime(s), {families} famille(s), {acts} acte(s), {tariffs} tarif(s)"


@click.group()
def reference() -> None:
    """The reference tables: régimes, families, acts, tariffs."""


@reference.command("load")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of the same four files, instead of those of the product.",
)
@click.pass_obj
def load_command(ini: str, folder: Path | None) -> None:
    """Load the reference files; what is there already is left as it is. Exit 2: refused, nothing written."""
    try:
        with sessions_of(ini) as sessions, sessions.begin() as db:
            changes = load_reference(db, folder)
    except ReferenceRefusedError as error:
        click.echo(str(error), err=True)
        sys.exit(REFUSED)
    click.echo(SUMMARY.format_map(changes))


@reference.command("communes")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The table to write.")
def communes_command(source: Path, output: Path) -> None:
    """Make the table of communes of SOURCE, the communes.json that docs/communes.md names. Exit 2: another file."""
    table = io.StringIO()
    try:
        write_communes(json.loads(source.read_text("utf-8")), table)
    except (ValueError, KeyError, TypeError):
        click.echo(f"{source} : ce n’est pas le fichier communes.json attendu", err=True)
        sys.exit(REFUSED)
    output.write_text(table.getvalue(), "utf-8", newline="")
    click.echo(f"{table.getvalue().count(chr(10)) - 1} communes et parties de communes écrites dans {output}")
