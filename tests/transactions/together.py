"""Many at the same time: each has a thread and a connection of its own, and all are let go together."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any


def at_once(act: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
    """What `act` answers for each of these, in their order; none begins before the last one is ready."""
    items = list(items)
    ready = Barrier(len(items))

    def run(item: Any) -> Any:
        ready.wait()
        return act(item)

    with ThreadPoolExecutor(len(items)) as pool:
        return list(pool.map(run, items))
