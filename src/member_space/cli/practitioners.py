"""`member-space practitioners`: the directories of practitioners."""

import re
import sys
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import click

from member_space.adapters.clock import SystemClock
from member_space.cli.console import (
    REFUSED,
    Failure,
    progress,
    sessions_of,
    settings_of,
    settings_told,
    tell,
    unreadable,
)
from member_space.services.feed import FeedRefusedError
from member_space.services.geocoding import count_unasked, geocode
from member_space.services.practitioner_import import SOURCES, AnotherImportError, import_practitioners
from member_space.services.practitioner_merge import sweep
from member_space.services.practitioner_opposition import UnknownPractitionerError, oppose

ALREADY = "déjà importé, rien n'a changé"
SUMMARY = (
    "{places} lieu(x) d'exercice : {new} nouveau(x), {changed} modifié(s), {gone} disparu(s) ;"
    " {refused} ligne(s) refusée(s)"
)
_DAY = re.compile(r"(?<![0-9])(20[0-9]{2})-?([01][0-9])-?([0-3][0-9])")


@click.group()
def practitioners() -> None:
    """The directories of practitioners: RPPS, Ameli, the insurer's network."""


@practitioners.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--source", type=click.Choice(SOURCES), required=True)
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Of the extract; by default that of the file's name.")
@click.option("--accept-loss", is_flag=True, help="Even when more than a fifth of what is known would go.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def import_command(
    ini: str, files: tuple[Path, ...], source: str, day: datetime | None, accept_loss: bool, as_json: bool
) -> None:
    """Make the search tell what these files say, all those of one source (format: docs/practitioners.md).

    Exit 0: imported, or already there; 2: refused, and nothing has changed.
    """
    said = day.date() if day else day_of(files[0])
    try:
        with sessions_of(ini) as sessions, progress(*files) as advance:
            report = import_practitioners(sessions, source, files, day=said, accept_loss=accept_loss, advance=advance)
            if not report.counts["already"]:
                sweep(sessions)
    except FeedRefusedError as error:
        report = error.report
    except OSError as error:
        report = unreadable(str(error.filename or files[0].name), error)
    except AnotherImportError as error:
        raise Failure("un autre import de cet annuaire est en cours") from error
    tell(report, ALREADY if report.counts["already"] else SUMMARY, as_json)
    if report.refused:
        sys.exit(REFUSED)


def day_of(path: Path) -> date:
    """The day that the name of a file tells (« …_202611300830.txt »), else the day when it was written."""
    if found := _DAY.search(path.name):
        with suppress(ValueError):
            return date(*(int(part) for part in found.groups()))
    try:
        return datetime.fromtimestamp(path.stat().st_mtime).date()  # noqa: DTZ006 - the day of whoever wrote it
    except OSError:
        return SystemClock().today()


@practitioners.command("oppose")
@click.argument("practitioner")
@click.pass_obj
def oppose_command(ini: str, practitioner: str) -> None:
    """Hide whoever asks not to be shown, for good: PRACTITIONER is a number of the RPPS, or a place's identifier."""
    try:
        with sessions_of(ini) as sessions, sessions.begin() as db:
            places = oppose(db, practitioner)
    except UnknownPractitionerError as error:
        raise Failure("ni un numéro RPPS de 11 chiffres, ni l'identifiant d'un lieu connu") from error
    click.echo(f"{places} lieu(x) d'exercice retiré(s) de la recherche, et des imports à venir")


@practitioners.command("geocode")
@click.option("--limit", type=click.IntRange(1), help="Addresses to ask for, at most.")
@click.pass_obj
def geocode_command(ini: str, limit: int | None) -> None:
    """Ask the geocoder of `geocoder.url` where the addresses are that it was not asked for yet; go on when stopped.

    Exit 2: there is no geocoder, or it does not answer; what it answered before is kept.
    """
    from tqdm import tqdm

    from member_space.adapters.geocoder import BanGeocoder

    with settings_told(ini):
        url = settings_of(ini).geocoder_url
    if url is None:
        raise Failure("geocoder.url n'est pas réglé : aucun géocodeur n'est interrogé (docs/operations.md)")
    with sessions_of(ini) as sessions:
        with sessions() as db:
            unasked = count_unasked(db)
        with tqdm(total=min(unasked, limit or unasked), unit="adresse", leave=False, disable=None) as bar:
            try:
                counts = geocode(sessions, BanGeocoder(url), limit, bar.update)
            except ConnectionError as error:
                raise Failure(f"le géocodeur ne répond pas ({error}) ; ce qu'il a déjà dit est gardé") from error
    click.echo(
        f"{sum(counts.values())} adresse(s) demandée(s) : {counts['address']} au numéro, {counts['street']} à la rue, "
        f"{counts['not_found']} non trouvée(s), qui restent à leur commune"
    )


@practitioners.command("demo")
@click.option("--practitioners", "count", type=click.IntRange(1, 2_000_000), default=20_000, show_default=True)
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), required=True, help="A folder.")
def demo_command(count: int, output: Path) -> None:
    """Write the directories of invented practitioners, in the formats of the real ones."""
    from tqdm import tqdm

    from member_space.services.demo.practitioners import FILES, write_directories

    with tqdm(total=count, unit="praticien", leave=False, disable=None) as bar:
        write_directories(output, count, progress=lambda done: bar.update(done - bar.n))
    for source, names in FILES.items():
        click.echo(f"  --source {source} {' '.join(str(output / name) for name in names)}")
