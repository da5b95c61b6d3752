"""`member-space cards`: how the cards of the products are printed, and all of them as files."""

import sys
from pathlib import Path

import click

from member_space.cli.card_render import render_command
from member_space.cli.console import REFUSED, Failure, disk_words, sessions_of
from member_space.domain.card_model import CardModelError


@click.group()
def cards() -> None:
    """The third-party-payment cards."""


@cards.command("load")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.pass_obj
def load_command(ini: str, path: Path) -> None:
    """Load the card models of a TOML file (docs/card.md). Exit 2: refused, all that is wrong is told."""
    from member_space.services.card_model import load_models

    try:
        with sessions_of(ini) as sessions, sessions.begin() as db:
            changed = load_models(db, path)
    except OSError as error:
        raise Failure(f"{path} : {disk_words(error)}") from error
    except CardModelError as error:
        click.echo(f"{path} : refusé, rien n’a été écrit", err=True)
        for reason in error.reasons:
            click.echo(f"  {reason}", err=True)
        sys.exit(REFUSED)
    click.echo(f"{path} : {changed} modèle(s) nouveau(x) ou modifié(s)")


cards.add_command(render_command)
