"""One database a number of practitioners, made once by the real import and kept; see `benchmarks.large`.

`python -m benchmarks.practitioner_data 1200000` makes one now.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from benchmarks.large import PACKAGE, ROOT, TODAY, ensure, version_of
from member_space.models.migrations import upgrade
from member_space.models.session import make_session_factory
from member_space.services.demo.practitioner_load import load_practitioners
from member_space.services.practitioner_merge import sweep

MAKERS = ("services/demo/practitioners.py", "reference/specialities.csv", "reference/communes.csv")
"""What the rows come from; how fast they are brought in changes nothing of them."""


def ensure_practices(count: int) -> Engine:
    """The engine of a database of the places of so many invented practitioners, at the newest schema.

    One in twenty has two places, and shops have one for several: there are some 3 % more. What Ameli and the network
    say of them is joined to them, by rows that are not shown.
    """
    made = ensure(
        f"practices_{count}", version_of(PACKAGE / name for name in MAKERS), lambda engine: _make(engine, count)
    )
    with made.connect() as connection:
        upgrade(connection)
    return made


def _make(engine: Engine, count: int) -> None:
    with room() as folder:
        start = time.perf_counter()
        sessions = make_session_factory(engine)
        places = load_practitioners(sessions, folder, count, TODAY)
        sweep(sessions)
        told = ", ".join(f"{number} of {source}" for source, number in places.items())
        sys.stderr.write(f"  places: {told} ({time.perf_counter() - start:.0f} s)\n")


@contextmanager
def room() -> Iterator[Path]:
    """A folder for the files of a directory, on the disk of the project: half a gigabyte for 1,200,000."""
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "var") as folder:
        yield Path(folder)


if __name__ == "__main__":
    for size in map(int, sys.argv[1:]):
        start = time.perf_counter()
        ensure_practices(size).dispose()
        print(f"{size} practitioners: {time.perf_counter() - start:.0f} s")
