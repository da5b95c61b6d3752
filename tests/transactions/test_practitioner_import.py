"""An import of a directory that is stopped on the way, with real commits, goes on where it was."""

from datetime import date

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from member_space.models import PRACTICE_STAGING, Practice, PractitionerImport
from member_space.services import practitioner_file
from member_space.services.practitioner_import import AnotherImportError, import_practitioners
from tests.factories.practitioners import DOCTOR, rpps_text

DAY = date(2026, 11, 30)
ROWS = [DOCTOR | {"rpps": f"9000000000{n}", "number": str(n)} for n in range(9)]


@pytest.fixture
def sessions(as_owner):
    return sessionmaker(as_owner)


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setattr(practitioner_file, "LINES", 2)
    path = tmp_path / "rpps.txt"
    path.write_text(rpps_text(*ROWS), "utf-8")
    return path


def stopped(sessions, path, commits):
    """Import until so many transactions are written; the server then ends the connection before the next commit."""
    done = []

    def kill(db):
        if len(done) == commits:
            pid = db.scalar(text("select pg_backend_pid()"))
            with Session(db.get_bind()) as other:
                other.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})
        done.append(db)

    event.listen(sessions, "before_commit", kill)
    try:
        with pytest.raises(OperationalError):
            import_practitioners(sessions, "rpps", [path], day=DAY)
    finally:
        event.remove(sessions, "before_commit", kill)


def counted(sessions):
    with sessions() as db:
        return db.scalar(select(func.count()).select_from(Practice)), db.scalar(
            select(func.count()).select_from(PRACTICE_STAGING)
        )


def read_of(sessions, path):
    """How many bytes an import reads itself."""
    read = []
    report = import_practitioners(sessions, "rpps", [path], day=DAY, advance=read.append)
    return report, read


@pytest.mark.parametrize(("commits", "laid_down"), [(1, 0), (3, 4), (5, 8), (6, 9)])
def test_what_was_laid_down_is_not_read_again(sessions, path, commits, laid_down):
    stopped(sessions, path, commits)
    assert counted(sessions) == (0, laid_down)
    report, read = read_of(sessions, path)
    assert (report.counts["lines"], report.counts["new"], report.counts["places"]) == (9, 9, 9)
    assert counted(sessions) == (9, 0)
    # The first number is where it went on; each of the others is a chunk.
    assert len(read) == 1 + -(-(9 - laid_down) // 2)
    assert sum(read) == path.stat().st_size
    with sessions() as db:
        assert [one.state for one in db.scalars(select(PractitionerImport))] == ["merged"]


def test_what_a_crash_of_the_server_lost_is_read_again(sessions, path):
    stopped(sessions, path, 3)
    with sessions.begin() as db:
        db.execute(PRACTICE_STAGING.delete())
    report, read = read_of(sessions, path)
    assert (report.counts["lines"], report.counts["new"]) == (9, 9)
    assert len(read) == 6
    with sessions() as db:
        states = db.scalars(select(PractitionerImport.state).order_by(PractitionerImport.id))
        assert list(states) == ["given_up", "merged"]


def test_another_file_gives_up_what_was_left(sessions, path):
    stopped(sessions, path, 3)
    path.write_text(rpps_text(*ROWS[:4]), "utf-8")
    report, _ = read_of(sessions, path)
    assert report.counts["places"] == 4
    assert counted(sessions) == (4, 0)


def test_two_at_once_lay_nothing_down_twice(sessions, path):
    """The other one goes on with the same import while this one reads."""

    def other_goes_first(size):
        if size and not turned:
            turned.append(size)
            import_practitioners(sessions, "rpps", [path], day=DAY)

    turned = []
    with pytest.raises(AnotherImportError):
        import_practitioners(sessions, "rpps", [path], day=DAY, advance=other_goes_first)
    assert counted(sessions) == (9, 0)
