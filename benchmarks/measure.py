"""What the benchmarks share: their list, a time that noise disturbs least, and the form of a result."""

import importlib
import pkgutil
import time
from collections.abc import Callable

import benchmarks


def names() -> list[str]:
    """Every module of the package that measures something."""
    modules = (module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name != "__main__")
    return [name for name in modules if hasattr(importlib.import_module(f"benchmarks.{name}"), "run")]


def results_of(name: str) -> list[dict[str, object]]:
    """What one module measures."""
    results: list[dict[str, object]] = importlib.import_module(f"benchmarks.{name}").run()
    return results


def best_of(times: int, call: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """The shortest of so many runs, in seconds: what is above it is the machine's noise, not the code's cost.

    `clock`: `time.process_time` for the processor's time, all threads counted, which other work moves less.
    """
    best = float("inf")
    for _ in range(times):
        start = clock()
        call()
        best = min(best, clock() - start)
    return best


def beside(name: str, value: float, unit: str, goal: float, *, floor: float = 0, peer: float = 0) -> dict[str, object]:
    """A result whose goal is a ratio to its floor (the least possible) or its peer (another way to do it)."""
    against = floor or peer
    ratio = value / against
    return {
        "name": name,
        "value": significant(value),
        "unit": unit,
        "floor" if floor else "peer": significant(against),
        "ratio": significant(ratio),
        "goal": goal,
        "ok": ratio <= goal,
    }


def under(name: str, value: float, unit: str, goal: float) -> dict[str, object]:
    """A result whose goal is in its own unit: the goal is the peer."""
    return beside(name, value, unit, 1, peer=goal) | {"goal": goal}


def significant(value: float) -> float:
    """Three figures: more would be noise."""
    return float(f"{value:.3g}")
