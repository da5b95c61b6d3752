"""A command of the product, run whole in a process of its own on a database of the benchmarks' server."""

import re
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from benchmarks.large import SETTINGS, server_url


class Cost(NamedTuple):
    """`megabytes`: the peak of the command's process."""

    seconds: float
    megabytes: float


def run_command(database: str, folder: Path, *arguments: str) -> Cost:
    """What `member-space` with these arguments takes; `folder` gets its ini."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(_run, database, folder, arguments).result()


def _run(database: str, folder: Path, arguments: tuple[str, ...]) -> Cost:
    from member_space.cli import member_space

    ini = folder / "command.ini"
    settings = SETTINGS | {"sqlalchemy.url": server_url(database).replace("%", "%%")}
    options = "".join(f"{name} = {value}\n" for name, value in settings.items())
    ini.write_text(f"[app:main]\nuse = egg:member-space\n{options}")
    start = time.perf_counter()
    member_space.main(["--ini", str(ini), *arguments], standalone_mode=False)
    seconds = time.perf_counter() - start
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return Cost(seconds, int(peak[1]) / 1000 if peak else 0)
