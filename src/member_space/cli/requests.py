"""`member-space requests`: what members sent."""

import click

from member_space.cli.console import engine_of, settings_of
from member_space.config import tools_of
from member_space.models.session import make_session_factory
from member_space.services.request_clock import recompute_due


@click.group()
def requests() -> None:
    """What members sent: claims, quotes, messages, changes, complaints."""


@requests.command("recompute")
@click.pass_obj
def recompute_command(ini: str) -> None:
    """Date the targets of open requests again, after the opening hours or the holidays changed."""
    read = moved = 0
    with engine_of(ini) as engine:
        tools, sessions = tools_of(settings_of(ini), engine), make_session_factory(engine)
        last: int | None = 0
        while last is not None:
            # Each batch in its own transaction: colleagues go on working meanwhile.
            with sessions.begin() as db:
                batch = recompute_due(db, tools, last)
            read, moved, last = read + batch.read, moved + batch.moved, batch.last
    click.echo(f"{read} demande(s) ouverte(s) relue(s), {moved} échéance(s) changée(s)")
