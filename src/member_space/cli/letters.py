"""`member-space letters`: the welcome letters, to be printed and posted, and those that the law asks for."""

import csv
import sys
from pathlib import Path

import click
from zope.interface.registry import Components

from member_space.cli.console import Failure, engine_of, settings_of
from member_space.config import register_adapters, tools_of
from member_space.models.session import make_session_factory
from member_space.services.letter_task import letters_due
from member_space.services.tools import Tools
from member_space.services.welcome_letter import write_letters


@click.group()
def letters() -> None:
    """Letters: with a one-time code that opens somebody's space, or for what nobody read."""


@letters.command("write")
@click.option("--contract", help="Those of this contract, even if letters were written before.")
@click.option("--all-new", is_flag=True, help="Those of everybody who has neither an account nor a letter in force.")
@click.option("--output", required=True, type=click.Path(file_okay=False, path_type=Path), help="A folder of yours.")
@click.pass_obj
def write_command(ini: str, contract: str | None, all_new: bool, output: Path) -> None:
    """Write a PDF for each person covered, of 16 and over, who has no account.

    Each holds a code that opens a space: print it, post it, then delete it. Nothing else keeps the code.
    Exit 2: refused, with the reason.
    """
    if bool(contract) == all_new:
        raise click.UsageError("choose one of --contract and --all-new")
    settings = settings_of(ini)
    registry = Components("letters")
    with engine_of(ini) as engine:
        register_adapters(registry, settings, engine)
        tools, count = Tools(settings, registry.getUtility), 0
        with make_session_factory(engine).begin() as db:
            for letter in write_letters(db, tools, contract):
                count += 1
                _keep(output, letter.name, letter.pdf)
    click.echo(f"{count} lettre(s) écrite(s) dans {output}")


@letters.command("due")
@click.pass_obj
def due_command(ini: str) -> None:
    """Print as CSV the letters to write: what has an effect in law, and that nobody read in ten days.

    A row goes from the list when the member reads the page, by whatever way.
    """
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(("kind", "told_on", "person_ref", "name", "address"))
    with engine_of(ini) as engine, make_session_factory(engine)() as db:
        for one in letters_due(db, tools_of(settings_of(ini), engine)):
            out.writerow((one.kind, f"{one.told_at:%Y-%m-%d}", one.person_ref, one.name, ", ".join(one.address)))


def _keep(folder: Path, name: str, pdf: bytes) -> None:
    """For nobody else of this machine to read."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        path.touch(mode=0o600)
        path.write_bytes(pdf)
    except OSError as error:
        raise Failure(f"le dossier {folder} ne s’écrit pas ({error.strerror})") from error
