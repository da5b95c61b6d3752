"""A load driver: so many requests a second to a real gunicorn, each on a connection of its own as the nginx of
docs/operations.md opens them, so that whichever process is free takes it.

Each request is due at an instant of its own, and its time runs from there: a server that falls behind is not spared
(no coordinated omission).
"""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
CONNECTIONS = 64
PATIENCE = 60
"""Seconds to be up, and for the last answers to come."""
LOST = 0
"""The status of a request that was not answered by then."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. ``body``: JSON, None for a reading."""

    path: str
    token: str
    body: bytes | None = None

    def on_the_wire(self) -> bytes:
        method, length = ("GET", 0) if self.body is None else ("POST", len(self.body))
        head = (
            f"{method} {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
            f"Authorization: Bearer {self.token}\r\nConnection: close\r\n"
        )
        kind = f"Content-Type: application/json\r\nContent-Length: {length}\r\n" if length else ""
        return f"{head}{kind}\r\n".encode() + (self.body or b"")


@dataclass(frozen=True, slots=True)
class Load:
    """What became of it. ``times``: seconds from when each was due to its last byte; ``seconds``: of it all."""

    times: Sequence[float]
    statuses: Sequence[int]
    seconds: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return sum(status != LOST for status in self.statuses) / self.seconds

    def percentile(self, share: float) -> float:
        """The time that this share of them takes at most, in seconds."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def drive(port: int, requests: Sequence[Asked], rate: float) -> Load:
    """Ask all of them on the loopback, ``rate`` a second, then wait for the last answer."""
    return asyncio.run(_drive(port, requests, rate))


async def _drive(port: int, requests: Sequence[Asked], rate: float) -> Load:
    due: asyncio.Queue[tuple[float, Asked] | None] = asyncio.Queue()
    times: list[float] = []
    statuses: list[int] = []

    async def asker() -> None:
        while (one := await due.get()) is not None:
            at, asked = one
            status = await _ask(port, asked)
            times.append(time.perf_counter() - at)
            statuses.append(status)

    start = time.perf_counter()
    pool = [asyncio.create_task(asker()) for _n in range(min(CONNECTIONS, len(requests)))]
    for n, asked in enumerate(requests):
        at = start + n / rate
        await asyncio.sleep(max(0, at - time.perf_counter()))
        due.put_nowait((at, asked))
    for _one in pool:
        due.put_nowait(None)
    _done, late = await asyncio.wait(pool, timeout=PATIENCE)
    for one in late:
        one.cancel()
    lost = len(requests) - len(times)
    return Load([*times, *[PATIENCE] * lost], [*statuses, *[LOST] * lost], time.perf_counter() - start)


async def _ask(port: int, asked: Asked) -> int:
    """The status, once the whole answer is here."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionError:
        return LOST
    try:
        writer.write(asked.on_the_wire())
        answer = await reader.read(-1)
        return int(answer.split(b" ", 2)[1]) if answer else LOST
    except ConnectionError:
        return LOST
    finally:
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)


@contextmanager
def gunicorn(ini: Path) -> Iterator[int]:
    """The application as in production, on a free port of the loopback; it ends with the block."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "--paste", str(ini)]
    environment = os.environ | {"BIND": f"127.0.0.1:{port}"}
    log = ini.with_suffix(".log")
    with log.open("wb") as out, subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out) as process:
        try:
            _wait_for(port, process)
            yield port
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("gunicorn does not answer")
