"""procrastinate on the product's own PostgreSQL: a job is a row, written with what caused it."""

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime
from typing import Any, Protocol

import structlog
from procrastinate import App, PsycopgConnector, RetryStrategy, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status
from psycopg.conninfo import make_conninfo
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from zope.interface import implementer

from member_space.interfaces import IJobs

log = structlog.get_logger(__name__)

TRIES = 8
RETRY = RetryStrategy(max_attempts=TRIES, exponential_wait=3)
"""3, 9, 27 s… up to two hours between tries, then the job stays as failed, to be looked at."""
AGAIN = 1
"""Seconds before a worker that lost its database looks for it again."""
SILENT_FOR = 30
"""Seconds after which a worker that says nothing is dead, and its jobs another one's: it says so every ten."""


class Task(Protocol):
    """What the worker needs to know of a task."""

    @property
    def name(self) -> str: ...
    @property
    def cron(self) -> str | None: ...


@implementer(IJobs)
class ProcrastinateJobs:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # Never opened: a job is only ever written on the connection of whoever asks for it.
        self._app = App(connector=SyncPsycopgConnector())

    def defer(self, db: Session, task: str, at: datetime | None = None, **arguments: Any) -> None:
        connection = db.connection().connection.driver_connection
        self._app.configure_task(task, connection=connection, schedule_at=at).defer(**arguments)

    def check(self) -> None:
        try:
            with self._engine.connect() as connection:
                connection.execute(text("select id from procrastinate_jobs limit 1"))
        except DBAPIError as error:
            raise ConnectionError("the job queue cannot be read") from error


def run_worker(engine: Engine, tasks: Iterable[Task], run: Callable[..., None], *, wait: bool = True) -> None:
    """Do the jobs, calling `run(task, **arguments)` for each, until a signal.

    With `wait=False`, until none is left, and the periodic ones are left to a worker that stays.
    """
    app = _app(engine, tasks, run, periodic=wait)

    async def stay() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        for sign in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sign, stop.set)
        await _stay(app, stop)

    async def leave() -> None:
        async with app.open_async(), _taking_up(app):
            await app.run_worker_async(wait=False, delete_jobs="successful")

    asyncio.run(stay() if wait else leave())


@contextmanager
def worker_beside(engine: Engine, tasks: Iterable[Task], run: Callable[..., None]) -> Iterator[None]:
    """The same in a thread of this process, for as long as the context lasts: one process is then enough."""
    app = _app(engine, tasks, run)
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def work() -> None:
        stop = asyncio.Event()
        started.set_result((asyncio.get_running_loop(), stop))
        await _stay(app, stop)

    thread = threading.Thread(target=asyncio.run, args=(work(),), name="worker")
    thread.start()
    loop, stop = started.result(timeout=30)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


async def _stay(app: App, stop: asyncio.Event) -> None:
    """Do the jobs until asked to stop. The library's worker ends with its connection: another one begins."""
    asked = asyncio.ensure_future(stop.wait())
    while not stop.is_set():
        try:
            async with app.open_async(), _taking_up(app):
                doing = asyncio.ensure_future(
                    app.run_worker_async(install_signal_handlers=False, delete_jobs="successful")
                )
                await asyncio.wait({doing, asked}, return_when=asyncio.FIRST_COMPLETED)
                doing.cancel()
                await asyncio.gather(doing, return_exceptions=True)
        except ConnectorException as error:
            log.warning("the worker does not reach its database", error=str(error))
        if not stop.is_set():
            log.warning("the worker begins again")
            await asyncio.wait({asked}, timeout=AGAIN)


@asynccontextmanager
async def _taking_up(app: App) -> AsyncIterator[None]:
    """Meanwhile, give again what dead workers had taken: at once, then as often as one may be found dead."""
    await _take_up(app)

    async def repeat() -> None:
        while True:
            await asyncio.sleep(SILENT_FOR)
            with suppress(ConnectorException):  # the database is away: the worker itself tells so
                await _take_up(app)

    repeating = asyncio.ensure_future(repeat())
    try:
        yield
    finally:
        repeating.cancel()


async def _take_up(app: App) -> None:
    """Every task bears to be done again. One that killed so many workers may be why they died: it is given up."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_FOR):
        given_up = job.attempts >= TRIES
        log.warning("job of a dead worker", task=job.task_name, job=job.id, tries=job.attempts + 1, given_up=given_up)
        with suppress(ConnectorException):  # another worker was faster
            if given_up:
                await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
            else:
                await app.job_manager.retry_job(job)


def _app(engine: Engine, tasks: Iterable[Task], run: Callable[..., None], *, periodic: bool = True) -> App:
    # As the engine connects, its role included; a URL would not do, libpq reads a `+` in one as itself.
    how = engine.url.translate_connect_args(username="user", database="dbname")
    conninfo = make_conninfo(**how | dict(engine.url.query))
    app = App(connector=PsycopgConnector(conninfo=conninfo, min_size=1, max_size=4))
    for task in tasks:
        _add(app, task, run, periodic)
    return app


def _add(app: App, task: Task, run: Callable[..., None], periodic: bool) -> None:
    # A periodic task is told the minute for which it is due, which says nothing to ours.
    def job(timestamp: int = 0, **arguments: Any) -> None:  # noqa: ARG001 - procrastinate's
        run(task, **arguments)

    added = app.task(name=task.name, retry=RETRY)(job)
    if task.cron and periodic:
        app.periodic(cron=task.cron)(added)
