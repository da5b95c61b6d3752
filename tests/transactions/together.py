"""Many at the same time: each has a thread and a connection of its own, and all are let go together."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import monotonic
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

PATIENCE = 20.0
"""Seconds before a test says that what it waits for does not come."""


def at_once(act: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
    """What `act` answers for each of these, in their order; none begins before the last one is ready."""
    items = list(items)
    ready = Barrier(len(items))

    def run(item: Any) -> Any:
        ready.wait()
        return act(item)

    with ThreadPoolExecutor(len(items)) as pool:
        return list(pool.map(run, items))


def wait_for_a_waiter(holder: Session) -> None:
    """Until a statement of another thread waits for this session's transaction."""
    until = monotonic() + PATIENCE
    held_by = {"holder": holder.scalar(text("select pg_backend_pid()"))}
    waits = text("select count(*) from pg_locks where not granted and :holder = any(pg_blocking_pids(pid))")
    with Session(holder.get_bind()) as db:
        while not db.scalar(waits, held_by):
            assert monotonic() < until, "nobody waited"


def wait_for_waiters(engine: Engine, count: int) -> None:
    """Until so many statements of this database wait for another one's transaction."""
    until = monotonic() + PATIENCE
    waits = text(
        "select count(*) from pg_stat_activity"
        " where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0"
    )
    with Session(engine) as db:
        while db.scalar(waits) != count:
            assert monotonic() < until, "nobody waited"
            db.rollback()  # what is waited for is read once a transaction
