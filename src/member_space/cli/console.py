"""What the commands that read files share: the session of a file, its progress, its report."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from plaster import get_settings
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session, sessionmaker

from member_space.config import database_url, tools_of
from member_space.models.session import make_engine, make_session_factory
from member_space.services.feed import FeedRefusedError, Remark, Report
from member_space.services.tools import Tools
from member_space.settings import Settings, read_settings
from member_space.settings.reader import SettingError

REFUSED = 2
SHOWN = 50
"""Refusals written on a terminal; `--json` gives up to a thousand."""
WHOLE_FILE = 0
"""The line of a refusal that is of no line: the file could not be read at all."""


ON_DISK = {FileNotFoundError: "introuvable", PermissionError: "accès refusé", IsADirectoryError: "c'est un dossier"}


def disk_words(error: OSError) -> str:
    """Why a file cannot be used, in the user's words."""
    return next((text for kind, text in ON_DISK.items() if isinstance(error, kind)), error.strerror or str(error))


class Failure(click.ClickException):
    """What prevents a command, told in one line; the exit code of a refusal."""

    exit_code = REFUSED


def settings_of(ini: str) -> Settings:
    """The settings of an ini file."""
    return read_settings(get_settings(ini, "app:main"))


@contextmanager
def settings_told(ini: str) -> Iterator[None]:
    """Tell in one line why the settings cannot be used."""
    try:
        yield
    except OSError as error:
        unread = f"le fichier {error.filename or ini} ne se lit pas ({error.strerror})"
        raise Failure(f"réglages : {unread if error.strerror else error}") from error
    except (LookupError, SettingError) as error:
        raise Failure(f"réglages : {error}") from error


@contextmanager
def sessions_of(ini: str) -> Iterator[sessionmaker[Session]]:
    """Sessions on the database of an ini file; see `engine_of`."""
    with engine_of(ini) as engine:
        yield make_session_factory(engine)


@contextmanager
def work_of(ini: str) -> Iterator[tuple[Session, Tools]]:
    """One transaction on the database of an ini file, and the tools of its settings."""
    with engine_of(ini) as engine, make_session_factory(engine).begin() as db:
        yield db, tools_of(settings_of(ini), engine)


@contextmanager
def engine_of(ini: str) -> Iterator[Engine]:
    """The database of an ini file; what goes wrong with it is told in the user's words.

    A database's own message would quote the data.
    """
    with settings_told(ini):
        engine = make_engine(database_url(settings_of(ini)))
    try:
        yield engine
    except OperationalError as error:
        raise Failure("la base de données ne répond pas") from error
    except ProgrammingError as error:
        raise Failure("la base n'est pas à jour : lancez `member-space db upgrade`") from error
    finally:
        engine.dispose()


@contextmanager
def progress(*paths: Path) -> Iterator[Callable[[int], Any]]:
    """A bar of the bytes read, on a terminal only."""
    from tqdm import tqdm

    with tqdm(
        total=sum(path.stat().st_size for path in paths),
        unit="o",
        unit_scale=True,
        desc=paths[0].name,
        leave=False,
        disable=not sys.stderr.isatty(),
    ) as bar:
        yield bar.update


def run_feeds(
    sessions: sessionmaker[Session],
    files: tuple[Path, ...],
    bring_in: Callable[[Session, Path, Callable[[int], Any]], Report],
    summary: str,
    as_json: bool,
) -> None:
    """Bring in each file in its own transaction and tell what became of it; exit 2 when one was refused.

    `summary` is a French sentence over the counts of a report.
    """
    refused = False
    for path in files:
        try:
            with progress(path) as advance, sessions.begin() as db:
                report = bring_in(db, path, advance)
        except FeedRefusedError as error:
            report, refused = error.report, True
        except OSError as error:
            report, refused = unreadable(path.name, error), True
        tell(report, summary, as_json)
    if refused:
        sys.exit(REFUSED)


def unreadable(name: str, error: OSError) -> Report:
    """The report of a file that could not be read at all."""
    return Report(name, refusals=[Remark(WHOLE_FILE, "", "", disk_words(error))], refused=1)


def tell(report: Report, summary: str, as_json: bool) -> None:
    """What became of a file; `summary` is a French sentence over the counts of its report."""
    (_tell_json if as_json else _tell)(report, summary)


def _tell_json(report: Report, _summary: str) -> None:
    state = "refused" if report.refused else "imported"
    told: dict[str, Any] = {"file": report.file, "state": state} | ({} if report.refused else dict(report.counts))
    told |= {"refused": report.refused, "refusals": [asdict(remark) for remark in report.refusals]}
    told |= {"warned": report.warned, "warnings": [asdict(remark) for remark in report.warnings]}
    click.echo(json.dumps(told, ensure_ascii=False))


def _tell(report: Report, summary: str) -> None:
    if report.refused:
        click.echo(f"{report.file} : refusé, rien n'a été écrit ({report.refused} refus)", err=True)
    else:
        click.echo(f"{report.file} : {summary.format_map(report.counts)}")
    _list(report, report.refusals, report.refused, "")
    _list(report, report.warnings, report.warned, "à vérifier : ")


def _list(report: Report, remarks: list[Remark], total: int, prefix: str) -> None:
    for remark in remarks[:SHOWN]:
        if remark.line == WHOLE_FILE:
            click.echo(f"  {report.file} : {remark.reason}", err=True)
            continue
        where = f"{report.file}, ligne {remark.line}" + (f", {remark.column}" if remark.column else "")
        click.echo(f"  {where} : {prefix}{remark.reason} [{remark.value}]", err=True)
    if total > SHOWN:
        click.echo(f"  … et {total - SHOWN} de plus", err=True)
