"""The ledger under real commits and real concurrency."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, sessionmaker

from member_space.adapters.storage import FolderStorage
from member_space.models import Coverage, Event, Movement, NoemieAnomaly, NoemieFile, NoemieLine, NoemieMatch
from member_space.services import noemie_export, noemie_import
from member_space.services.noemie_export import PARTIAL, write_408
from member_space.services.noemie_import import import_929
from tests.factories.household import make_contract, make_person, make_teletransmission
from tests.factories.noemie import NIR, entry, logical, make_929

TODAY = date(2026, 11, 21)


@pytest.fixture
def sessions(own_database):
    return sessionmaker(own_database, expire_on_commit=False)


@pytest.fixture
def link(sessions, cipher):
    with sessions() as db:
        person = make_person(db)
        contract = make_contract(db, person)
        coverage = db.scalars(select(Coverage).filter_by(contract_id=contract.id)).one()
        made = make_teletransmission(db, cipher, coverage, person, NIR)
        db.commit()
        return made


def written(sessions):
    with sessions() as db:
        tables = (NoemieFile, NoemieLine, NoemieMatch, NoemieAnomaly, Event)
        return tuple(db.scalar(select(func.count()).select_from(table)) for table in tables)


def together(count, call):
    """Call in so many threads that start at once; their results."""
    start = threading.Barrier(count)

    def run(number):
        start.wait()
        return call(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


def test_the_same_file_imported_at_once_is_imported_once(sessions, cipher, link, tmp_path):
    path = make_929(tmp_path, *[logical(entry(), entry(birth_rank="2"), identification=f"{n:06}") for n in range(3)])
    storage = FolderStorage(tmp_path / "storage")
    reports = together(4, lambda _: import_929(sessions, cipher, storage, path, production=True))
    assert sorted(report.repeated for report in reports) == [False, True, True, True]
    assert {(report.counts.lines, report.counts.matched) for report in reports} == {(6, 3)}
    assert written(sessions) == (3, 6, 3, 3, 1)


def test_the_same_logical_files_in_another_order_do_not_block_each_other(sessions, cipher, link, tmp_path):
    files = [logical(entry(), identification=f"{n:06}") for n in range(8)]
    paths = [make_929(tmp_path, *files, name="a"), make_929(tmp_path, *reversed(files), name="b")]
    storage = FolderStorage(tmp_path / "storage")
    reports = together(2, lambda n: import_929(sessions, cipher, storage, paths[n], production=True))
    assert sum(file.new for report in reports for file in report.files) == 8
    assert written(sessions)[:3] == (8, 8, 8)


@pytest.mark.parametrize("step", ["_copy", "match_lines", "follow_up"])
def test_what_fails_half_way_leaves_nothing(sessions, cipher, link, tmp_path, monkeypatch, step):
    path = make_929(tmp_path, logical(entry()))
    storage = FolderStorage(tmp_path / "storage")

    def fail(*_):
        raise ConnectionError("the database is gone")

    with monkeypatch.context() as patched:
        patched.setattr(noemie_import, step, fail)
        with pytest.raises(ConnectionError):
            import_929(sessions, cipher, storage, path, production=True)
    assert written(sessions) == (0, 0, 0, 0, 0)
    assert not import_929(sessions, cipher, storage, path, production=True).repeated


def test_a_storage_that_fails_leaves_nothing(sessions, cipher, link, tmp_path):
    (tmp_path / "storage").write_text("a file stands where the folder should be")
    path = make_929(tmp_path, logical(entry()))
    with pytest.raises(OSError, match="storage"):
        import_929(sessions, cipher, FolderStorage(tmp_path / "storage"), path, production=True)
    assert written(sessions) == (0, 0, 0, 0, 0)


def test_two_writers_at_once_send_each_movement_once(sessions, cipher, settings, link, tmp_path):
    exports = together(3, lambda _: write_408(sessions, cipher, settings.noemie, tmp_path / "out", TODAY))
    (export,) = [export for export in exports if export]
    assert list((tmp_path / "out").iterdir()) == [export.path]
    with sessions() as db:
        assert db.scalar(select(func.count()).select_from(Movement)) == 1


def test_a_commit_that_fails_leaves_no_file(sessions, cipher, settings, link, tmp_path, monkeypatch):
    def fail(_):
        raise ConnectionError("the database is gone")

    with monkeypatch.context() as patched:
        patched.setattr(Session, "commit", fail)
        with pytest.raises(ConnectionError):
            write_408(sessions, cipher, settings.noemie, tmp_path, TODAY)
    assert list(tmp_path.iterdir()) == []
    assert write_408(sessions, cipher, settings.noemie, tmp_path, TODAY)


def test_a_process_that_dies_after_its_commit_loses_no_file(sessions, cipher, settings, link, tmp_path, monkeypatch):
    class Killed(BaseException):
        """As a signal would: nothing after the commit runs."""

    def die(*_):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(noemie_export, "_rename", die)
        with pytest.raises(Killed):
            write_408(sessions, cipher, settings.noemie, tmp_path, TODAY)
    (left,) = tmp_path.iterdir()
    assert left.name.endswith(PARTIAL)
    assert write_408(sessions, cipher, settings.noemie, tmp_path, TODAY) is None
    (file,) = tmp_path.iterdir()
    with sessions() as db:
        assert db.scalars(select(NoemieFile.file_name)).one() == file.name


@pytest.mark.parametrize(
    "statement", ["truncate noemie_line cascade", "update noemie_line set code = '34'", "delete from noemie_line"]
)
def test_a_line_stays_as_it_was_read(sessions, as_owner, cipher, link, tmp_path, statement):
    """Even by who owns it: what the application's own role may not do is in test_role."""
    import_929(sessions, cipher, FolderStorage(tmp_path / "s"), make_929(tmp_path, logical(entry())), production=True)
    with as_owner.connect() as connection, pytest.raises(Exception, match="append-only"):
        connection.execute(text(statement))
