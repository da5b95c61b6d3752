"""`member-space db`: the schema."""

import click

from member_space.cli.console import engine_of
from member_space.models.migrations import upgrade


@click.group()
def db() -> None:
    """The database's schema."""


@db.command("upgrade")
@click.pass_obj
def upgrade_command(ini: str) -> None:
    """Apply every migration that is missing."""
    with engine_of(ini) as engine, engine.connect() as connection:
        upgrade(connection)
