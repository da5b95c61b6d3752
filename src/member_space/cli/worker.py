"""`member-space worker`: the deferred jobs."""

import click
from plaster import get_settings

from member_space.cli.console import settings_of, settings_told
from member_space.config import work
from member_space.security.logs import configure_logging


@click.command()
@click.option("--once", is_flag=True, help="Do what is waiting, then stop.")
@click.pass_obj
def worker(ini: str, once: bool) -> None:
    """Do the deferred jobs and the periodic ones, until a signal; several workers share the work."""
    with settings_told(ini):
        configure_logging(settings_of(ini).log_format)
        values = get_settings(ini, "app:main")
    work(values, wait=not once)
