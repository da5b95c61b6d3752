"""Import of a feed of statements beside a raw COPY of the rows it makes into the same tables; its peak memory.

The feed is what a large insurer's database says, written as the claims engine would. The command runs whole, in a
process of its own, on a clone of that database without statements; the floor copies the rows it made, as they are,
into another such clone, under the same constraints, in one transaction.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from benchmarks.command import run_command
from benchmarks.large import ensure_large, libpq, server_url
from benchmarks.measure import beside, under

Result = dict[str, object]

MEMBERS = 40_000
"""Twenty-five lines each: a million."""
RATIO = 2.5
MEGABYTES = 300
TABLES = ("payment", "statement", "statement_line")
WRITTEN = {
    "payment": "id, contract_id, reference, paid_on, payee, payee_name, iban_last4, amount",
    "statement": "id, contract_id, reference, issued_on, payee, payee_name, payment_id, total, fingerprint",
    "statement_line": """statement_id, contract_id, person_id, rank, family, label, search_text, zero_reason, care_date,
        act_code, practitioner, quantity, fee, base, amo_rate, amo_gross, participation, franchise, deferred, amo_net,
        other_insurer, our_share, member_share, noemie_ref""",
}

_AMOUNTS = (
    "fee", "base", "amo_rate", "amo_gross", "participation", "franchise", "deferred", "amo_net", "other_insurer",
    "our_share", "member_share",
)  # fmt: skip
_EUROS = ", ".join(f"replace(to_char(l.{name} / 100.0, 'FM99999990.00'), '.', ',') as {name}" for name in _AMOUNTS)
_FEED = f"""
copy (
  select s.reference as statement_ref, c.number as contract_number, s.issued_on, s.payee, s.payee_name,
         p.reference as payment_ref, p.paid_on, p.iban_last4,
         replace(to_char(s.total / 100.0, 'FM99999990.00'), '.', ',') as statement_total,
         person.external_ref as person_ref, to_char(l.care_date, 'DD/MM/YYYY') as care_date, l.act_code, l.label,
         l.practitioner, l.quantity, {_EUROS}, l.zero_reason, l.noemie_ref
  from statement_line l
  join statement s on s.id = l.statement_id
  join contract c on c.id = s.contract_id
  join person on person.id = l.person_id
  left join payment p on p.id = s.payment_id
  order by s.issued_on, s.id, l.rank
) to stdout (format csv, header, delimiter ';')
"""


def run(members: int = MEMBERS) -> list[Result]:
    """Seconds of the command and of the floor, in turn; the peak memory of the command's process."""
    ensure_large(members).dispose()
    source = f"large_{members}"
    with tempfile.TemporaryDirectory() as folder:
        feed = Path(folder) / "statements.csv"
        _dump(source, _FEED, feed)
        with _clone(source, "import_value") as database:
            value, _processor, peak = run_command(database, Path(folder), "statements", "import", str(feed))
            rows = {table: Path(folder) / table for table in TABLES}
            for table, path in rows.items():
                _dump(database, f"copy (select {WRITTEN[table]} from {table} order by id) to stdout", path)
        with _clone(source, "import_floor") as database:
            floor = _copy(database, rows)
        with feed.open("rb") as file:
            lines = sum(1 for _ in file) - 1
    return [
        beside(f"statement import, {lines} lines", value, "s", RATIO, floor=floor),
        under(f"statement import, peak memory, {lines} lines", peak, "MB", MEGABYTES),
    ]


@contextmanager
def _clone(source: str, name: str) -> Iterator[str]:
    """A copy of the large insurer without its statements; dropped at the end."""
    with psycopg.connect(libpq(server_url("postgres")), autocommit=True) as server:
        server.execute(f"drop database if exists {name} with (force)")
        server.execute(f"create database {name} template {source}")
        with psycopg.connect(libpq(server_url(name)), autocommit=True) as connection:
            connection.execute(f"truncate {', '.join(TABLES)} cascade")
            connection.execute("vacuum analyze")
            connection.execute("checkpoint")
        yield name
        server.execute(f"drop database {name} with (force)")


def _dump(database: str, statement: str, path: Path) -> None:
    with (
        psycopg.connect(libpq(server_url(database))) as connection,
        connection.cursor() as cursor,
        cursor.copy(statement) as rows,
        path.open("wb") as file,
    ):
        for block in rows:
            file.write(block)


def _copy(database: str, rows: dict[str, Path]) -> float:
    with psycopg.connect(libpq(server_url(database))) as connection, connection.cursor() as cursor:
        start = time.perf_counter()
        for table, path in rows.items():
            with cursor.copy(f"copy {table} ({WRITTEN[table]}) from stdin") as stream, path.open("rb") as file:
                while block := file.read(1 << 20):
                    stream.write(block)
        connection.commit()
        return time.perf_counter() - start


if __name__ == "__main__":
    import sys

    for result in run(int(sys.argv[1]) if sys.argv[1:] else MEMBERS):
        print(result)
