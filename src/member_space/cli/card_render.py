"""`member-space cards render`: every card of a day, on all the cores."""

import os
import sys
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import date, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import click

from member_space.adapters.clock import SystemClock
from member_space.adapters.pdf import TypstPdf
from member_space.cli.console import Failure, sessions_of, settings_of
from member_space.config import card_code_from, cipher_from
from member_space.interfaces import ICardCode, IPdf
from member_space.services.card_pdf import Format
from member_space.services.card_render import ToRender, batches, count_contracts, render
from member_space.services.tools import Tools
from member_space.settings import Settings

WAITING = 3
"""Batches a process: enough for none to wait for the database, few enough for memory to stay what it is."""
_here: dict[str, Any] = {}
"""What a process renders with, made once."""


@click.command("render")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The cards of this day; today's when it is not given.")
@click.option(
    "--to", "folder", required=True, type=click.Path(file_okay=False, path_type=Path), help="A folder of yours."
)
@click.option("--format", "form", type=click.Choice([one.value for one in Format]), default=Format.SHEET.value)
@click.option("--jobs", type=click.IntRange(1, 256), help="Processes; one a core when it is not given.")
@click.pass_obj
def render_command(ini: str, day: datetime | None, folder: Path, form: str, jobs: int | None) -> None:
    """Write a PDF for each contract in force that day, by folders of a thousand.

    They hold names and NIR: print them, post them, then delete them. Exit 2: refused, with the reason.
    """
    from tqdm import tqdm

    settings, of = settings_of(ini), day.date() if day else SystemClock().today()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"le dossier {folder} ne s’écrit pas ({error.strerror})") from error
    with sessions_of(ini) as sessions:
        with sessions() as db:
            total = count_contracts(db, of)
        with tqdm(total=total, unit="carte", leave=False, disable=not sys.stderr.isatty()) as bar:
            written = _render_all(settings, sessions, of, folder, Format(form), jobs or _cores(), bar)
    click.echo(f"{written} carte(s) du {of:%d/%m/%Y} écrite(s) dans {folder}, pour {total} contrat(s)")


def _render_all(settings: Settings, sessions: Any, day: date, folder: Path, form: Format, jobs: int, bar: Any) -> int:
    written, waiting = 0, deque[tuple[int, Future[int]]]()
    # Spawned: a child of a fork would share our connections.
    with ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (settings, folder, form)) as pool:

        def take() -> None:
            nonlocal written
            contracts, future = waiting.popleft()
            try:
                written += future.result()
            except OSError as error:
                raise Failure(f"le dossier {folder} ne s’écrit plus ({error.strerror})") from error
            bar.update(contracts)

        for contracts, batch in batches(sessions, cipher_from(settings), day):
            waiting.append((contracts, pool.submit(_render, batch)))
            if len(waiting) >= jobs * WAITING:
                take()
        while waiting:
            take()
    return written


def _begin(settings: Settings, folder: Path, form: Format) -> None:
    adapters = {IPdf: TypstPdf(), ICardCode: card_code_from(settings)}
    _here.update(tools=Tools(settings, adapters.__getitem__), folder=folder, form=form)


def _render(batch: list[ToRender]) -> int:
    return render(_here["tools"], batch, _here["folder"], _here["form"])


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
