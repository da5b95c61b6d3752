"""`member-space notifications`: the messages that could not leave."""

import json
import sys
from dataclasses import asdict

import click

from member_space.cli.console import REFUSED, sessions_of, work_of
from member_space.services.notification_dead import (
    DeadLetter,
    NoSuchLetterError,
    SpentCodeError,
    dead_letters,
    retry,
)


@click.group()
def notifications() -> None:
    """The messages to members: mail and SMS."""


@notifications.command("dead")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def dead_command(ini: str, as_json: bool) -> None:
    """List what could not be sent, the latest first; neither its address nor its text is shown."""
    with sessions_of(ini) as sessions, sessions() as db:
        letters = dead_letters(db)
    for letter in letters:
        click.echo(json.dumps(asdict(letter) | {"asked_at": letter.asked_at.isoformat()}) if as_json else _line(letter))
    if not letters and not as_json:
        click.echo("Aucun message en échec.")


@notifications.command("retry")
@click.argument("ids", nargs=-1, type=int, metavar="ID…")
@click.option("--all", "every", is_flag=True, help="Every one that can still be sent.")
@click.pass_obj
def retry_command(ini: str, ids: tuple[int, ...], every: bool) -> None:
    """Send dead letters again. Exit 2: one of them cannot be, and says why; the others are sent."""
    if bool(ids) == every:
        raise click.UsageError("donnez des numéros, ou --all")
    refused = 0
    with work_of(ini) as (db, tools):
        for one in ids or [letter.id for letter in dead_letters(db) if letter.can_leave]:
            try:
                retry(db, tools, one)
            except NoSuchLetterError:
                click.echo(f"{one} : aucun message en échec n'a ce numéro", err=True)
                refused += 1
            except SpentCodeError:
                click.echo(f"{one} : son code est périmé, la personne doit en demander un autre", err=True)
                refused += 1
            else:
                click.echo(f"{one} : repart")
    if refused:
        sys.exit(REFUSED)


def _line(letter: DeadLetter) -> str:
    state = "adresse refusée" if letter.state == "bounced" else "échec"
    again = "" if letter.can_leave else " ; son code est périmé"
    return (
        f"{letter.id}  {letter.asked_at:%d/%m/%Y %H:%M}  {letter.kind} par {letter.channel} : {state} "
        f"après {letter.attempts} essai(s), {letter.reason}{again}"
    )
