"""The server of a folder: started by the first process, joined by the others, stopped by the last to leave."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from member_space.adapters import embedded_postgres
from member_space.cli import member_space
from tests.conftest import ROOT

# One address a line; answers with the URL it gives.
PROCESS = """
import sys
from member_space.adapters.embedded_postgres import start
for address in sys.stdin:
    print(start(address.strip()), flush=True)
"""


class Process:
    """Another process of the product, that starts or joins servers until it leaves."""

    def __init__(self) -> None:
        self.python = subprocess.Popen(
            [sys.executable, "-c", PROCESS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, address):
        self.python.stdin.write(f"{address}\n")
        self.python.stdin.flush()
        return self.python.stdout.readline().strip()

    def leave(self):
        """Its exit code; it leaves once."""
        if self.python.poll() is None:
            self.python.communicate()
        return self.python.returncode


@pytest.fixture
def folder():
    """Longer than the 107 characters that the name of a Unix socket may have; readable by the server's own user."""
    home = Path(tempfile.mkdtemp())
    path = home / ("un-dossier-au-nom-interminable-" * 4) / "postgres"
    assert len(str(path)) > 107
    yield path
    shutil.rmtree(home)


@pytest.fixture
def processes(folder):
    """Three of them, that have left before the folder goes."""
    three = [Process() for _ in range(3)]
    yield three
    for process in three:
        process.leave()


def ask(url, query):
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return connection.execute(query).fetchone()[0]


def write(url, statement):
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute(statement)


def test_started_joined_stopped_and_found_again(folder, processes):
    started_at = "select pg_postmaster_start_time()"
    one, two, three = processes
    first = one.start(f"embedded:{folder}?db=first")
    assert ask(first, "select current_database()") == "first"

    # Another process joins the same server; a database that is missing is created, one that is there is kept.
    second = two.start(f"embedded:{folder}?db=second-one")
    assert ask(second, "select current_database()") == "second-one"
    assert ask(second, started_at) == ask(first, started_at)
    write(second, "create table kept as select 42 as answer")
    assert two.start(f"embedded:{folder}?db=first") == first
    assert ask(two.start(f"embedded:{folder}"), "select current_database()") == "member_space"

    # The first to leave takes nothing away; the last stops the server; what was written is found again.
    assert one.leave() == 0
    assert ask(second, "select answer from kept") == 42
    assert two.leave() == 0
    with pytest.raises(psycopg.OperationalError):
        ask(second, "select 1")
    again = three.start(f"embedded:{folder}?db=second-one")
    assert ask(again, "select answer from kept") == 42
    assert three.leave() == 0


def test_the_runtime_folder_of_somebody_else_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("os.getuid", lambda: 12345)
    (tmp_path / "member_space-12345").mkdir()
    with pytest.raises(PermissionError, match="belongs to somebody else"):
        embedded_postgres._runtime_folder()


def test_a_user_without_a_name_is_told_plainly(monkeypatch, folder):
    monkeypatch.setattr("os.geteuid", lambda: 3_999_999_999)
    monkeypatch.setenv("MEMBER_SPACE_SQLALCHEMY_URL", f"embedded:{folder}")
    for command in (["demo", "--port", "1"], ["db", "upgrade"], ["noemie", "read", "x"]):
        result = CliRunner().invoke(member_space, ["--ini", str(ROOT / "development.ini"), *command])
        assert result.exit_code == 2, command
        (line,) = result.stderr.splitlines()
        assert "does not start as user 3999999999: that number has no name on this machine" in line, command
    assert not folder.exists()
