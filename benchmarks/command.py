"""A command of the product, run whole in a process of its own on a database of the benchmarks' server."""

import re
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import psutil

from benchmarks.large import ROOT, SETTINGS, server_url


class Cost(NamedTuple):
    """`processor`: seconds of the processor's time, of the command and of the server for it, which other work on the
    machine moves less. `megabytes`: the peak of the command's process."""

    seconds: float
    processor: float
    megabytes: float


def run_command(database: str, folder: Path, *arguments: str) -> Cost:
    """What `member-space` with these arguments takes; `folder` gets its ini."""
    before = server_time(database)
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        cost = process.submit(_run, database, folder, arguments).result()
    return cost._replace(processor=cost.processor + server_time(database) - before)


def server_time(database: str) -> float:
    """Seconds of all connections to the server that have ended."""
    server_url(database)
    pid = int((ROOT / "var/bench-postgres/postmaster.pid").read_text().split("\n", 1)[0])
    times = psutil.Process(pid).cpu_times()
    return times.children_user + times.children_system


def _run(database: str, folder: Path, arguments: tuple[str, ...]) -> Cost:
    from member_space.cli import member_space

    ini = folder / "command.ini"
    settings = SETTINGS | {"sqlalchemy.url": server_url(database).replace("%", "%%")}
    options = "".join(f"{name} = {value}\n" for name, value in settings.items())
    ini.write_text(f"[app:main]\nuse = egg:member-space\n{options}")
    start, processor = time.perf_counter(), time.process_time()
    member_space.main(["--ini", str(ini), *arguments], standalone_mode=False)
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return Cost(seconds, processor, int(peak[1]) / 1000 if peak else 0)
