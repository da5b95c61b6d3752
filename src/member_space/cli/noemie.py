"""`member-space noemie`: reads the answers of the funds (929), writes our movements (408). No output shows a NIR."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import psycopg
from sqlalchemy.exc import OperationalError, ProgrammingError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from member_space.adapters.clock import SystemClock
from member_space.adapters.storage import storage_from
from member_space.cli.console import disk_words, settings_of
from member_space.config import cipher_from, engine_from_ini
from member_space.interfaces import ICipher, IStorage
from member_space.models.session import make_session_factory
from member_space.noemie import Answer, NoemieError, return_code
from member_space.services.noemie_export import write_408
from member_space.services.noemie_import import Import, Reading, reading_929
from member_space.services.noemie_matching import Counts, Matched
from member_space.settings import Settings

READ, ANOMALIES, REFUSED = 0, 1, 2
SHOWN = 20
"""Anomalies that the text shows; `--json` gives them all."""

NATURES = {"C": "acquittement", "R": "rejet", "S": "signalement", "I": "information"}


@dataclass(frozen=True, slots=True)
class _House:
    """What the commands work with, from the ini file."""

    settings: Settings
    sessions: sessionmaker[Session]
    cipher: ICipher
    storage: IStorage


class _RefusedError(Exception):
    """Nothing was written; the message, in the user's words, goes to the error output."""


@click.group()
def noemie() -> None:
    """Exchanges with the statutory funds."""


@noemie.command("read")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--apply", is_flag=True, help="Write in the database; without it, the run changes nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line read, then one with the totals.")
@click.pass_context
def read_command(context: click.Context, files: tuple[Path, ...], apply: bool, as_json: bool) -> None:
    """Read answers of the funds (929), check them whole and match them with our links.

    Each FILE is one transaction. Exit status: 0 read, 1 read with anomalies, 2 refused and nothing written.
    """
    total = Counts()
    refused = 0
    try:
        with _plainly(Path(context.obj)), _house(context.obj) as house:
            for path in files:
                try:
                    with _plainly(path):
                        total += _read(house, path, apply, as_json)
                except _RefusedError as error:
                    _complain(str(error))
                    refused += 1
    except _RefusedError as error:
        _complain(str(error))
        refused = len(files)
    if as_json:
        _say(lines=total.lines, matched=total.matched, unmatched=total.unmatched, refused=refused)
    context.exit(REFUSED if refused else ANOMALIES if total.unmatched else READ)


@noemie.command("write")
@click.option("--out", "folder", required=True, metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.pass_context
def write_command(context: click.Context, folder: Path) -> None:
    """Write the movements to send (408) in a file of DIR, and mark them sent. Nothing to send, no file."""
    try:
        with _plainly(folder), _house(context.obj) as house:
            export = write_408(house.sessions, house.cipher, house.settings.noemie, folder, SystemClock().today())
    except _RefusedError as error:
        _complain(str(error))
        context.exit(REFUSED)
    if export is None:
        click.echo("Aucun mouvement à envoyer.")
        return
    click.echo(f"{export.path} : {_many(export.movements, 'mouvement')} pour {_many(len(export.funds), 'caisse')}")
    for fund in export.funds:
        click.echo(f"  {fund}")


@contextmanager
def _house(ini: str) -> Iterator[_House]:
    try:
        settings = settings_of(ini)
        engine = engine_from_ini(ini)
        cipher, storage = cipher_from(settings), storage_from(settings.storage_url)
    except (LookupError, ValueError) as error:
        raise _RefusedError(f"réglages : {error}") from error
    try:
        yield _House(settings, make_session_factory(engine), cipher, storage)
    finally:
        engine.dispose()


@contextmanager
def _plainly(path: Path) -> Iterator[None]:
    """Turn what can go wrong into a message in the user's words. A database's own would quote the data."""
    try:
        yield
    except NoemieError as error:
        raise _RefusedError(str(error)) from error
    except (OperationalError, psycopg.OperationalError) as error:
        raise _RefusedError("la base de données ne répond pas, ou est occupée : relancez la commande") from error
    except ProgrammingError as error:
        raise _RefusedError("la base n'est pas à jour : lancez `member-space db upgrade`") from error
    except (SQLAlchemyError, psycopg.Error) as error:
        raise _RefusedError(f"fichier {path} : la base de données l'a refusé ({type(error).__name__})") from error
    except BrokenPipeError:
        raise  # who read our output has left, such as `head`
    except OSError as error:
        raise _RefusedError(f"fichier {error.filename or path} : {disk_words(error)}") from error


def _read(house: _House, path: Path, apply: bool, as_json: bool) -> Counts:
    production = house.settings.production
    with reading_929(house.sessions, house.cipher, house.storage, path, production=production, apply=apply) as reading:
        report = reading.report
        if report.test:
            _complain(f"fichier {path} : fichier de test ou de démonstration, accepté hors production")
        if report.repeated:
            _complain(f"fichier {path} : {_repeated(report, apply)}")
        if as_json:
            for answer, matched in reading.lines():
                _say(**_line(path, answer, matched))
        else:
            _show(path, reading, apply)
    return report.counts


def _repeated(report: Import, apply: bool) -> str:
    if not report.found_again:
        return "déjà importé, rien ne change"
    verb = "rattachées maintenant" if apply else "à rattacher maintenant"
    return f"déjà importé ; réponses en attente {verb} : {report.found_again}"


def _line(path: Path, answer: Answer, matched: Matched) -> dict[str, Any]:
    return {
        "file": str(path),
        "record": answer.record,
        "nir_last3": answer.nir[-3:],
        "birth_date_raw": answer.birth_date_raw,
        "birth_rank": int(answer.birth_rank) if answer.birth_rank.isdecimal() else None,
        "member_number": answer.member_number,
        "movement": answer.movement,
        "contract_type": answer.contract_type,
        "start": answer.start and answer.start.isoformat(),
        "end": answer.end and answer.end.isoformat(),
        "code": answer.code,
        "nature": answer.nature,
        "meaning": return_code(answer.code).meaning,
        "matched": matched,
    }


def _show(path: Path, reading: Reading, apply: bool) -> None:
    """The file in French: its logical files, its answers by code, and the first lines without a link."""
    report = reading.report
    click.echo(
        f"{path} : {_many(report.counts.lines, 'réponse')}" + ("" if apply else " (simulation, rien n'est écrit)")
    )
    for logical, _, new in report.files:
        envelope = logical.envelope
        state = "importé" if new and apply else "à importer" if new else "déjà importé"
        click.echo(
            f"  {envelope.sender_type} {envelope.sender}, n° {envelope.identification}, "
            f"du {envelope.created_on:%d/%m/%Y} : {_many(logical.lines, 'réponse')}, {state}"
        )
    codes: Counter[tuple[str, str]] = Counter()
    anomalies: list[str] = []
    for answer, matched in reading.lines():
        codes[answer.code, answer.nature] += 1
        if matched is not True and len(anomalies) < SHOWN:
            anomalies.append(_anomaly(answer, matched))
    click.echo(f"\n  {'Réponses':>8}  Code  Sens")
    for (code, nature), count in sorted(codes.items()):
        known = return_code(code)
        click.echo(f"  {count:>8}  {code:>2}{nature:1}   {known.meaning} ({NATURES.get(nature, 'autre')})")
        click.echo(f"  {'':>8}        {known.office}")
    counts = report.counts
    click.echo(
        f"\n  Rattachées : {counts.matched} ; sans rattachement : {counts.unmatched - counts.ambiguous} ; "
        f"plusieurs rattachements possibles : {counts.ambiguous}"
    )
    for line in anomalies:
        click.echo(line)
    if counts.unmatched > len(anomalies):
        click.echo(f"    … et {counts.unmatched - len(anomalies)} autres (--json les donne toutes)")


def _anomaly(answer: Answer, matched: Matched) -> str:
    reason = "plusieurs assurés" if matched == "ambiguous" else "aucun assuré"
    return (
        f"    enregistrement {answer.record}, NIR finissant par {answer.nir[-3:]}, "
        f"naissance {answer.birth_date_raw} rang {answer.birth_rank}, code {answer.code}{answer.nature} : {reason}"
    )


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count > 1 else ''}"


def _say(**values: Any) -> None:
    click.echo(json.dumps(values))


def _complain(message: str) -> None:
    click.echo(message, err=True)
