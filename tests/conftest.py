"""The suite's database, application and browser.

Each xdist worker of each run has its own database, cloned from a migrated template: two runs at once do not meet.
A test that commits for real asks for `own_database`; all others run inside one transaction that is rolled back.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import hypothesis
import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker
from webtest import TestApp

from member_space.adapters import embedded_postgres
from member_space.adapters.passwords import Argon2Passwords
from member_space.config import cipher_from, make_app
from member_space.interfaces import IPasswordHasher
from member_space.models.migrations import upgrade
from member_space.models.session import make_engine, make_session_factory
from member_space.settings import APPLICATION_ROLE, read_settings
from tests import log_guard
from tests.factories.noemie import NO_SAMPLE
from tests.log_guard import Browser

ROOT = Path(__file__).parent.parent
LONGEST_NAME = 200
TEMPLATE = "member_space_template"
TEST_INI = {
    "environment": "test",
    "sqlalchemy.url": "given by the fixture",
    "secrets.data_keys": "1:dGVzdHMtb25seS1kYXRhLWtleS0wMDAwMDAwMDAwMDA=",
    "secrets.blind_index_key": "dGVzdHMtb25seS1ibGluZC1pbmRleC0wMDAwMDAwMDA=",
    # One a process: what another one keeps meanwhile is not ours to count.
    "storage.url": f"folder:var/test-storage/{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}",
    "session.cookie_secure": "false",
    "metrics.token": "metrics-token-of-the-tests",
}


# The same examples at each run, however slow the machine is meanwhile.
hypothesis.settings.register_profile("suite", deadline=None, derandomize=True)
hypothesis.settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--require-all",
        action="store_true",
        help="a skipped test is a failure, but for a file that is not ours to give: for .ci/run",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, whatever the order of the others is today."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A value of ten megabytes is not the name of its test: each process sends all names to all others."""
    if isinstance(val, str | bytes) and len(val) > LONGEST_NAME:
        return f"{argname} of {len(val)}"
    return None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    report = yield
    required = item.config.getoption("--require-all") and NO_SAMPLE not in str(report.longrepr)
    if report.skipped and not hasattr(report, "wasxfail") and required:
        report.outcome, report.longrepr = "failed", f"skipped, and --require-all asks for every test: {report.longrepr}"
    return report


def pytest_configure(config: pytest.Config) -> None:
    """The controller opens the folder of the logs, each process keeps its own there (tests/log_guard.py)."""
    if not hasattr(config, "workerinput"):
        log_guard.open_folder()
    log_guard.keep_logs(_process(config))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """At the very end the controller searches the logs of the whole suite, and fails the run when a secret is there."""
    log_guard.write_secrets(_process(session.config))
    if hasattr(session.config, "workerinput"):
        return
    lines, found = log_guard.judge()
    reporter = session.config.pluginmanager.getplugin("terminalreporter")
    if found:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line("")
        for leak in found:
            reporter.write_line(f"LOG GUARD: {leak}", red=True)
    else:
        reporter.write_line(f"\nlog guard: {lines} lines of log, no secret in them")


def _process(config: pytest.Config) -> str:
    return getattr(config, "workerinput", {}).get("workerid", "controller")


@pytest.fixture(scope="session")
def server_url() -> str:
    """Any PostgreSQL 15+ named by TEST_DATABASE_URL, or the embedded one, without its fsync."""
    url = os.environ.get("TEST_DATABASE_URL")
    if url:
        return url.replace("postgresql://", "postgresql+psycopg://", 1)
    url = embedded_postgres.start(f"embedded:{ROOT / 'var' / 'test-postgres'}?db=postgres")
    with psycopg.connect(_libpq(url), autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(sql.SQL("alter system set {} = off").format(sql.Identifier(setting)))
        connection.execute("select pg_reload_conf()")
    return url


def _libpq(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _named(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def _migrations_version() -> str:
    folder = ROOT / "src/member_space/migrations/versions"
    newest = max(path.stat().st_mtime_ns for path in folder.glob("*.py"))
    return str(newest)


@pytest.fixture(scope="session")
def template_database(server_url: str) -> str:
    """A migrated database that nobody writes to; made again when a migration changed."""
    with psycopg.connect(_libpq(server_url), autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(6544)")
        made = connection.execute(
            "select shobj_description(oid, 'pg_database') from pg_database where datname = %s", [TEMPLATE]
        ).fetchone()
        if made is None or made[0] != _migrations_version():
            connection.execute(f"drop database if exists {TEMPLATE}")
            connection.execute(f"create database {TEMPLATE}")
            engine = make_engine(_named(server_url, TEMPLATE))
            with engine.connect() as target:
                upgrade(target)
            engine.dispose()
            connection.execute(f"comment on database {TEMPLATE} is '{_migrations_version()}'")
        connection.execute("select pg_advisory_unlock(6544)")
    return TEMPLATE


def clone(server_url: str, template: str, name: str) -> str:
    """A fresh database of this name, cloned from the template; its URL."""
    with psycopg.connect(_libpq(server_url), autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(6544)")
        connection.execute(f"drop database if exists {name} with (force)")
        connection.execute(f"create database {name} template {template}")
        connection.execute("select pg_advisory_unlock(6544)")
    return _named(server_url, name)


def drop(server_url: str, name: str) -> None:
    with psycopg.connect(_libpq(server_url), autocommit=True) as connection:
        connection.execute(f"drop database if exists {name} with (force)")


# As the application's own role, so that a right that is missing is found.
@pytest.fixture(scope="session")
def engine(server_url: str, template_database: str, worker_id: str) -> Iterator[Engine]:
    name = f"member_space_{worker_id}_{os.getpid()}"
    engine = make_engine(clone(server_url, template_database, name), APPLICATION_ROLE)
    yield engine
    engine.dispose()
    drop(server_url, name)


@pytest.fixture
def own_database(server_url: str, template_database: str, worker_id: str) -> Iterator[Engine]:
    """For tests that commit: a database of their own, thrown away."""
    name = f"member_space_own_{worker_id}_{os.getpid()}"
    engine = make_engine(clone(server_url, template_database, name), APPLICATION_ROLE)
    yield engine
    engine.dispose()
    drop(server_url, name)


@pytest.fixture
def sessions(own_database: Engine) -> sessionmaker[Session]:
    """Sessions of a database of one's own: what they commit is committed."""
    return make_session_factory(own_database)


@pytest.fixture
def as_owner(own_database: Engine) -> Iterator[Engine]:
    """The same database, as who owns it: what the commands do, and what somebody who would rewrite it could."""
    engine = make_engine(own_database.url.difference_update_query(["options"]).render_as_string(hide_password=False))
    yield engine
    engine.dispose()


@pytest.fixture
def session_factory(engine: Engine) -> Iterator[sessionmaker[Session]]:
    """Sessions inside one transaction: what they commit is a savepoint, and all is rolled back."""
    with engine.connect() as connection:
        outer = connection.begin()
        yield sessionmaker(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        outer.rollback()


@pytest.fixture
def db(session_factory: sessionmaker[Session]) -> Iterator[Session]:
    with session_factory() as session:
        yield session


@pytest.fixture(scope="session")
def settings():
    return read_settings(TEST_INI, {})


@pytest.fixture(scope="session")
def cipher(settings):
    return cipher_from(settings)


@pytest.fixture(scope="session")
def wsgi_app(engine: Engine):
    app = make_app(TEST_INI, engine)
    # The real profile takes 20 ms a password; it is tested on its own (tests/unit/adapters/test_passwords.py).
    app.registry.registerUtility(Argon2Passwords(time_cost=1, memory_kib=8), IPasswordHasher)
    return app


@pytest.fixture
def app(wsgi_app, session_factory: sessionmaker[Session]) -> Iterator[TestApp]:
    """The whole application, its sessions inside the test's transaction."""
    before = wsgi_app.registry.session_factory
    wsgi_app.registry.session_factory = session_factory
    yield Browser(wsgi_app)
    wsgi_app.registry.session_factory = before
