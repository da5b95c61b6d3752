"""The import of the three directories of practitioners into an empty one, as commands; their peak memory.

The files are those of the demo. The floor of the RPPS is what its format asks of any code: pandas reads its columns as
texts, by chunks, and the file is sent as it is, by COPY, into a table of texts; no place is found, nothing is compared,
no index is made. `python -m benchmarks.practitioner_import 1200000` takes another number of practitioners.
"""

import csv
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import psycopg

from benchmarks.command import Cost, run_command, server_time
from benchmarks.large import TODAY, libpq, server_url
from benchmarks.measure import beside, under
from benchmarks.practitioner_data import room
from member_space.models.migrations import upgrade
from member_space.models.session import make_engine
from member_space.services.demo.practitioners import FILES, write_directories
from member_space.services.practitioner_file import LINES
from member_space.services.practitioner_sources import RPPS

Result = dict[str, object]

PRACTITIONERS = 400_000
ROWS_A_SECOND = 20_000
MEGABYTES = 400
RATIO = 9


def run(practitioners: int = PRACTITIONERS) -> list[Result]:
    """Microseconds a row; the processor's time beside that of the floor; the most memory that a command took."""
    with room() as folder, _empty_database("practitioner_import") as database:
        write_directories(folder, practitioners)
        floor = _floor(database, folder / FILES["rpps"][0])
        costs = {source: _import(database, folder, source) for source in FILES}
        rows = {source: sum(_lines(folder / name) for name in names) for source, names in FILES.items()}
    rpps, all_rows = costs["rpps"], sum(rows.values())
    seconds, processor = (sum(one) for one in zip(*((c.seconds, c.processor) for c in costs.values()), strict=True))
    most = max(cost.megabytes for cost in costs.values())
    goal = 1e6 / ROWS_A_SECOND
    return [
        under(f"import of {rows['rpps']} rows of rpps", rpps.seconds / rows["rpps"] * 1e6, "µs a row", goal),
        under("the same, of the processor", rpps.processor / rows["rpps"] * 1e6, "µs a row", goal),
        beside("the same", rpps.processor, "s", RATIO, floor=floor),
        under(f"all three, {all_rows} rows", seconds / all_rows * 1e6, "µs a row", goal),
        under("the same, of the processor", processor / all_rows * 1e6, "µs a row", goal),
        under("practitioner import, peak memory", most, "MB", MEGABYTES),
    ]


def _import(database: str, folder: Path, source: str) -> Cost:
    paths = [str(folder / name) for name in FILES[source]]
    return run_command(
        database, folder, "practitioners", "import", "--source", source, "--day", f"{TODAY:%Y-%m-%d}", *paths
    )


@contextmanager
def _empty_database(name: str) -> Iterator[str]:
    with psycopg.connect(libpq(server_url("postgres")), autocommit=True) as server:
        server.execute(f"drop database if exists {name} with (force)")
        server.execute(f"create database {name}")
        engine = make_engine(server_url(name))
        with engine.connect() as connection:
            upgrade(connection)
        engine.dispose()
        yield name
        server.execute(f"drop database {name} with (force)")


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file) - 1


def _floor(database: str, path: Path) -> float:
    """Seconds of the processor, of this process and of the server."""
    before = time.process_time() + server_time(database)
    wanted = list(RPPS.names.values())
    for _chunk in pd.read_csv(
        path, sep="|", dtype=object, na_filter=False, quoting=csv.QUOTE_NONE, usecols=wanted, chunksize=LINES
    ):
        pass
    with path.open("rb") as file, psycopg.connect(libpq(server_url(database))) as connection:
        columns = len(file.readline().split(b"|"))
        connection.execute(f"create table raw ({', '.join(f'c{i} text' for i in range(columns))})")
        with connection.cursor().copy("copy raw from stdin (delimiter '|')") as stream:
            while block := file.read(1 << 20):
                stream.write(block)
        connection.commit()
    seconds = time.process_time() + server_time(database) - before
    with psycopg.connect(libpq(server_url(database))) as connection:
        connection.execute("drop table raw")
    return seconds


if __name__ == "__main__":
    for result in run(int(sys.argv[1]) if sys.argv[1:] else PRACTITIONERS):
        print(result)
