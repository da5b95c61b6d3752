"""One database a size, made once and kept in var/bench-postgres; `python -m benchmarks.large 10000` makes one now."""

import hashlib
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy import Engine, make_url

from member_space.adapters import embedded_postgres
from member_space.config import cipher_from
from member_space.models.migrations import upgrade
from member_space.models.session import make_engine, make_session_factory
from member_space.services.demo.large import load_large
from member_space.services.demo.large_requests import load_large_requests, members_for
from member_space.services.reference import load_reference
from member_space.settings import Settings, read_settings

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src/member_space"
TODAY = date(2026, 6, 30)
"""The day of the data, fixed: the same rows whenever they are made."""
SETTINGS = {
    "environment": "test",
    "sqlalchemy.url": "given by each benchmark",
    "secrets.data_keys": "1:YmVuY2htYXJrcy1vbmx5LWRhdGEta2V5LTAwMDAwMDA=",
    "secrets.blind_index_key": "YmVuY2htYXJrcy1vbmx5LWJsaW5kLWluZGV4LTAwMDA=",
    "storage.url": "folder:var/bench-storage",
    "session.cookie_secure": "false",
}


def settings() -> Settings:
    return read_settings(SETTINGS, {})


def ensure_large(members: int) -> Engine:
    """The engine of a database of so many members, 25 lines each; made again when the schema or the maker changed."""
    return _ensure(f"large_{members}", members, 0)


def ensure_requests(requests: int) -> Engine:
    """The same, of so many requests, with five messages and a file each, and the members who sent them."""
    return _ensure(f"requests_{requests}", members_for(requests), requests)


def _ensure(name: str, members: int, requests: int) -> Engine:
    return ensure(name, version_of(_sources()), lambda engine: _make(engine, members, requests))


def ensure(name: str, version: str, make: Callable[[Engine], None]) -> Engine:
    """The engine of a database of the benchmarks' server, made by `make` unless this very version is there."""
    engine = make_engine(server_url(name))
    with psycopg.connect(libpq(server_url(name))) as connection:
        made = connection.execute(
            "select shobj_description(oid, 'pg_database') from pg_database where datname = %s", [name]
        ).fetchone()
    if made != (version,):
        _make_anew(engine, name, version, make)
    return engine


def server_url(database: str) -> str:
    """The SQLAlchemy URL of a database of the benchmarks' server, which is started, and the database created."""
    return embedded_postgres.start(f"embedded:{ROOT / 'var/bench-postgres'}?db={database}")


def libpq(url: str) -> str:
    """The same database as psycopg wants it named."""
    parsed = make_url(url)
    return make_conninfo(**parsed.translate_connect_args(username="user", database="dbname"), **parsed.query)


def _make_anew(engine: Engine, name: str, version: str, make: Callable[[Engine], None]) -> None:
    identifier = sql.Identifier(name)
    with psycopg.connect(libpq(server_url("postgres")), autocommit=True) as server:
        server.execute(sql.SQL("drop database if exists {} with (force)").format(identifier))
        server.execute(sql.SQL("create database {}").format(identifier))
    engine.dispose()
    with engine.connect() as connection:
        upgrade(connection)
    with make_session_factory(engine)() as db:
        load_reference(db)
        db.commit()
    make(engine)
    with psycopg.connect(libpq(server_url(name)), autocommit=True) as connection:
        connection.execute("vacuum analyze")
        # Last, so that a run that was interrupted is made again.
        connection.execute(sql.SQL("comment on database {} is {}").format(identifier, version))


def _make(engine: Engine, members: int, requests: int) -> None:
    with engine.begin() as connection:
        driver = connection.connection.driver_connection
        load_large(driver, cipher_from(settings()), members, TODAY, _tell)
        if requests:
            load_large_requests(driver, requests, TODAY, _tell)


def _tell(table: str, rows: int) -> None:
    print(f"  {table}: {rows} rows", file=sys.stderr, flush=True)


def version_of(sources: Iterable[Path]) -> str:
    """The same as long as these files are the same."""
    digest = hashlib.sha256()
    for path in sources:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    yield from sorted((PACKAGE / "migrations/versions").glob("*.py"))
    yield from sorted((PACKAGE / "reference").glob("*.csv"))
    yield PACKAGE / "services/demo/large.py"
    yield PACKAGE / "services/demo/large_requests.py"


if __name__ == "__main__":
    for size in map(int, sys.argv[1:]):
        start = time.perf_counter()
        ensure_large(size).dispose()
        print(f"{size} members: {time.perf_counter() - start:.0f} s")
