"""`member-space catalogue`: what can be asked for, as the office writes it."""

from pathlib import Path

import click

from member_space.cli.console import Failure
from member_space.services.catalogue import CatalogueError, read_catalogue


@click.group()
def catalogue() -> None:
    """The objects, pieces, limits and suggested answers of requests (requests.toml)."""


@catalogue.command("check")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
def check_command(path: Path) -> None:
    """Read a requests.toml as the space will. Exit 2: it would be refused, and the entry to mend is named."""
    try:
        found = read_catalogue(path)
    except CatalogueError as error:
        raise Failure(str(error)) from None
    click.echo(
        f"{path} : {len(found.topics)} objets, {len(found.pieces)} pièces, {len(found.categories)} catégories, "
        f"{len(found.suggestions)} réponses proposées"
    )
