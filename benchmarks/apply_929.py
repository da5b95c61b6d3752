"""`noemie read --apply` of 100,000 answers beside a raw COPY of its ledger rows plus one joined UPDATE.

The floor sends the rows of the same ledger table, already encoded as PostgreSQL wants them, and updates the links that
they speak of, in one transaction: nothing is parsed, checked, encrypted, matched or kept. Each run has a database of
its own, cloned from one that holds the households. ``python -m benchmarks.apply_929``.
"""

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import Engine

from benchmarks.large import libpq, server_url, settings
from benchmarks.measure import beside
from benchmarks.noemie_files import birth_date, birth_raw, member_number, nir13, nir_key, write_929
from member_space.adapters.storage import FolderStorage
from member_space.config import cipher_from
from member_space.models.migrations import upgrade
from member_space.models.session import make_engine, make_session_factory
from member_space.services.noemie_import import COPY_LINES, import_929

ANSWERS = 100_000
RATIO = 3
ROUNDS = 3
CHUNK = 1 << 16
TEMPLATE, CLONE = "apply_929", "apply_929_run"

HOUSEHOLDS = """
insert into contract (id, number, member_number, product, product_label, holder_id, period)
select id, 'C' || id, member_number, 'SANTE', 'Complémentaire santé', id, daterange(date '2020-01-01', null) from person
join member using (id);
insert into coverage (id, contract_id, person_id, relation, period)
select id, id, id, 'holder', daterange(date '2020-01-01', null) from person;
insert into teletransmission (contract_id, coverage_id, person_id, attachment_rank, nir_encrypted, nir_index,
  insured_last_name, insured_first_name, birth_date_raw, birth_rank, regime, fund, centre, fund_name, desired,
  desired_since)
select id, id, id, 1, member.nir_encrypted, member.nir_index, last_name, first_name, birth_date_raw, 1, '01', '594',
  '000', 'CPAM des Flandres', 'on', date '2020-01-01'
from person join member using (id);
insert into movement (contract_id, teletransmission_id, kind, contract_type, starts_on, sent_at, noemie_file_id)
select contract_id, id, 'C', '01', date '2020-01-01', timestamptz '2026-03-10 08:00Z', 1 from teletransmission;
"""
SENT = """
insert into noemie_file (id, direction, reference, sender, recipient, identification, created_on, sha256, file_name,
  lines)
overriding system value
values (1, 'out', '408', 'OC 31906571', 'CP 01594000', '000001', date '2026-03-10', '\\x00', '408.txt', 1)
"""
UPDATE = """
update teletransmission t set desired_since = l.answered_on from noemie_line l
where l.nir_index = t.nir_index and l.birth_date_raw = t.birth_date_raw and l.birth_rank = t.birth_rank
"""


def run(answers: int = ANSWERS) -> list[dict[str, object]]:
    """One result: the shortest apply beside the shortest floor, in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        path, rows = Path(folder) / "929.txt", Path(folder) / "rows.copy"
        write_929(path, answers)
        _make_households(answers)
        with _clone() as engine:
            _apply(engine, path, answers)
            _copy_out(engine, rows)
        floor = min(_measured(lambda engine: _floor(engine, rows, answers)) for _ in range(ROUNDS))
        value = min(_measured(lambda engine: _apply(engine, path, answers)) for _ in range(ROUNDS))
        _drop(TEMPLATE)
    return [beside(f"apply of {answers} answers of a 929", value, "s", RATIO, floor=floor)]


def _apply(engine: Engine, path: Path, answers: int) -> None:
    chosen = settings()
    storage = FolderStorage(path.parent / "storage")
    report = import_929(make_session_factory(engine), cipher_from(chosen), storage, path, production=True)
    if (report.counts.lines, report.counts.matched) != (answers, answers):
        raise AssertionError(f"{report.counts} instead of {answers} answers matched")


def _floor(engine: Engine, rows: Path, answers: int) -> None:
    with psycopg.connect(libpq(engine.url.render_as_string(hide_password=False))) as connection:
        # The file of the rows, which their foreign key asks for.
        connection.execute(SENT.replace("(1, 'out'", "(2, 'in'"))
        with connection.cursor().copy(COPY_LINES) as copy, rows.open("rb") as file:
            while chunk := file.read(CHUNK):
                copy.write(chunk)
        updated = connection.execute(UPDATE).rowcount
        if updated != answers:
            raise AssertionError(f"{updated} links updated instead of {answers}")


def _copy_out(engine: Engine, rows: Path) -> None:
    """The ledger rows of an apply, as COPY reads them, under the file id of the floor."""
    columns = COPY_LINES[COPY_LINES.index("(") + 1 : COPY_LINES.index(")")].replace("noemie_file_id", "2::bigint")
    with (
        psycopg.connect(libpq(engine.url.render_as_string(hide_password=False))) as connection,
        rows.open("wb") as file,
    ):
        statement = f"copy (select {columns} from noemie_line order by id) to stdout (format binary)"
        with connection.cursor().copy(statement) as copy:
            file.writelines(copy)


def _measured(call: Callable[[Engine], None]) -> float:
    """Seconds of a call on a fresh clone."""
    with _clone() as engine:
        engine.connect().close()
        start = time.perf_counter()
        call(engine)
        return time.perf_counter() - start


@contextmanager
def _clone() -> Iterator[Engine]:
    _fresh(CLONE, TEMPLATE)
    engine = make_engine(server_url(CLONE))
    yield engine
    engine.dispose()
    _drop(CLONE)


def _fresh(name: str, template: str = "template1") -> None:
    _drop(name)
    with psycopg.connect(libpq(server_url("postgres")), autocommit=True) as server:
        server.execute(
            sql.SQL("create database {} template {} strategy file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        server.execute("checkpoint")


def _drop(name: str) -> None:
    with psycopg.connect(libpq(server_url("postgres")), autocommit=True) as server:
        server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def _make_households(answers: int) -> None:
    """A household of one person for each answer, with its creation sent."""
    cipher = cipher_from(settings())
    _fresh(TEMPLATE)
    engine = make_engine(server_url(TEMPLATE))
    with engine.connect() as connection:
        upgrade(connection)
    engine.dispose()
    with psycopg.connect(libpq(server_url(TEMPLATE)), autocommit=True) as connection:
        with connection.transaction():
            connection.execute(
                "create temp table member (id bigint primary key, nir_encrypted bytea, nir_index bytea,"
                " birth_date_raw text, member_number text) on commit drop"
            )
            cursor = connection.cursor()
            with cursor.copy("copy person (id, external_ref, last_name, first_name, birth_date) from stdin") as copy:
                for i in range(answers):
                    copy.write_row((i + 1, f"P{i}", f"SPECIMEN{i % 1000}", "CAMILLE", birth_date(i)))
            with cursor.copy("copy member from stdin") as copy:
                for i in range(answers):
                    nir = nir13(i) + nir_key(nir13(i))
                    values = cipher.encrypt(nir), cipher.blind_index(nir), birth_raw(i), member_number(i)
                    copy.write_row((i + 1, *values))
            connection.execute(SENT)
            connection.execute("select setval(pg_get_serial_sequence('noemie_file', 'id'), 10)")
            connection.execute(HOUSEHOLDS)
        connection.execute("vacuum analyze")


if __name__ == "__main__":
    for result in run():
        print(json.dumps(result))
