"""The application's database role reads and writes what pages need, and cannot rewrite the journal."""

import importlib
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from member_space.adapters.jobs import ProcrastinateJobs
from member_space.config import work
from member_space.models import Base, Event
from member_space.settings import APPLICATION_ROLE
from tests.conftest import TEST_INI

KEPT = ("event", "noemie_line", "request_transition")
ROLE = importlib.import_module("member_space.migrations.versions.0005_role").ROLE


def allowed(engine, table) -> set[str]:
    rights = ("select", "insert", "update", "delete", "truncate")
    with engine.connect() as connection:
        return {
            right
            for right in rights
            if connection.scalar(text("select has_table_privilege(:role, :table, :right)"), {
                "role": APPLICATION_ROLE, "table": table, "right": right
            })
        }  # fmt: skip


def test_the_suite_works_as_the_application_does(own_database):
    with own_database.connect() as connection:
        assert connection.scalar(text("select current_user")) == APPLICATION_ROLE


def test_every_table_may_be_written_but_those_that_are_kept(own_database):
    assert {name for name in Base.metadata.tables if allowed(own_database, name) == {"select", "insert"}} == set(KEPT)
    others = set(Base.metadata.tables) - set(KEPT)
    assert all(allowed(own_database, name) == {"select", "insert", "update", "delete"} for name in others)
    assert allowed(own_database, "event_chain") == {"select"}


@pytest.mark.parametrize(
    "attempt",
    [
        "update event set kind = 'x'",
        "delete from event",
        "truncate event",
        "alter table event disable trigger all",
        "drop table event",
        "set session_replication_role = replica",
        "update noemie_line set code = '00'",
        "delete from noemie_line",
        "update event_chain set last_hash = ''",
        "insert into event_chain values (7, '')",
        "create or replace function event_hash(e event) returns bytea language sql as 'select null'",
        "reset role; delete from event",
        "discard all; delete from event",
    ],
)
def test_what_would_rewrite_the_journal_is_refused(own_database, attempt):
    with Session(own_database) as db:
        db.add(Event(kind="account:signed_in"))
        db.commit()
    with own_database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        *before, last = attempt.split("; ")
        for one in before:
            connection.execute(text(one))
        with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
            connection.execute(text(last))
        assert connection.scalar(text("select count(*) from event where kind = 'account:signed_in'")) == 1


def test_a_table_made_later_is_the_application_s_too(own_database, as_owner):
    with as_owner.begin() as connection:
        connection.execute(text("create table added_later (id bigint generated always as identity, words text)"))
    with own_database.begin() as connection:
        connection.execute(text("insert into added_later (words) values ('x')"))
        assert connection.scalar(text("select words from added_later")) == "x"


def test_the_worker_does_its_jobs_with_that_role(own_database):
    with Session(own_database) as db:
        ProcrastinateJobs(own_database).defer(db, "retention:apply")
        db.commit()
    work(TEST_INI, own_database, wait=False)
    with own_database.connect() as connection:
        assert connection.scalar(text("select count(*) from procrastinate_jobs")) == 0


def test_several_databases_migrated_at_once_share_the_role(as_owner):
    """Roles are the server's: four migrations that find none at the same moment make it once."""
    made = ROLE.replace(APPLICATION_ROLE, "member_space_at_once")
    ready, problems = threading.Barrier(4), []

    def migrate():
        try:
            with as_owner.begin() as connection:
                ready.wait(20)
                connection.execute(text(made))
        except (DBAPIError, threading.BrokenBarrierError) as error:
            problems.append(error)

    threads = [threading.Thread(target=migrate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with as_owner.begin() as connection:
        connection.execute(text("drop role if exists member_space_at_once"))
    assert problems == []


def test_who_may_not_make_roles_is_told_what_to_run(as_owner):
    """The migration's own words, run by a login without the right, where the role is not there yet."""
    wanted = ROLE.replace(APPLICATION_ROLE, "member_space_never_made")
    with as_owner.connect() as connection:
        connection.execute(text("create role member_space_poor nologin"))
        connection.execute(text("set role member_space_poor"))
        with pytest.raises(DBAPIError, match="may not create it") as refusal:
            connection.execute(text(wanted))
        connection.rollback()
    assert "create role member_space_never_made nologin" in str(refusal.value.orig.diag.message_hint)
