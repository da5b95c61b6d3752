"""What `make demo` runs, as a process in a folder of its own: a start from nothing, then one that finds it all."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest
import urllib3
from click.testing import CliRunner
from sqlalchemy import func, select

from member_space.cli import member_space
from member_space.models import Tariff
from member_space.services.demo.families import ACCOUNTS, COLLEAGUES, PASSWORD
from tests.conftest import ROOT
from tests.factories.household import make_person
from tests.functional.test_feed_commands import write_ini

pytestmark = pytest.mark.xdist_group("demo")
LOADING = "Chargement des données de démonstration"
LAST_LINE = "Ctrl-C arrête tout"
CSRF = "a-token-that-both-halves-share"


@pytest.fixture
def var() -> Iterator[Path]:
    """Not pytest's own folder, which the server's user may not enter when the suite is run by root."""
    folder = Path(tempfile.mkdtemp())
    yield folder
    shutil.rmtree(folder)


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return server.getsockname()[1]


class Demo:
    """One that runs. `told`: what the terminal shows."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.url = f"http://localhost:{port}"
        self.told = ""
        for line in process.stdout:
            self.told += line
            if LAST_LINE in line:
                break

    def get(self, path: str, cookie: str = "") -> urllib3.BaseHTTPResponse:
        return urllib3.request("GET", self.url + path, headers={"Cookie": cookie}, redirect=False, timeout=60)

    def post(self, path: str, **fields: str) -> urllib3.BaseHTTPResponse:
        """As a browser that holds a form of ours."""
        headers = {"Cookie": f"csrf={CSRF}", "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(fields | {"csrf_token": CSRF})
        return urllib3.request("POST", self.url + path, body=body, headers=headers, redirect=False, timeout=60)


@contextmanager
def running(var: Path) -> Iterator[Demo]:
    """The command of the Makefile, ended as Ctrl-C ends it."""
    port = free_port()
    environ = os.environ | {
        "MEMBER_SPACE_SQLALCHEMY_URL": f"embedded:{var / 'postgres'}",
        "MEMBER_SPACE_STORAGE_URL": f"folder:{var / 'storage'}",
    }
    member_space = Path(sys.executable).with_name("member-space")
    # As from a script that starts it behind itself: Ctrl-C is ignored until the demo asks for it.
    behind = ["sh", "-c", 'trap "" INT; exec "$0" "$@"']
    command = [*behind, member_space, "--ini", ROOT / "development.ini", "demo", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=var, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield Demo(process, port)
            process.send_signal(signal.SIGINT)
            # The server of the database alone is given a minute to write what it has.
            process.communicate(timeout=150)
            assert process.returncode == 0
        finally:
            process.kill()


def test_a_first_start_loads_serves_and_tells_and_a_second_keeps_it_all(var):
    with running(var) as first:
        assert LOADING in first.told
        for words in (first.url, PASSWORD, "/demo/messages", *(one.email for one in (*ACCOUNTS, *COLLEAGUES))):
            assert words in first.told
        assert "Me connecter" in first.get("/connexion").data.decode()
        # Something that was not loaded: the sign-in that somebody began.
        answer = first.post("/connexion", email=ACCOUNTS[0].email, password=PASSWORD)
        assert (answer.status, answer.headers["Location"]) == (303, f"{first.url}/connexion/code")
        begun = next(cookie for cookie in answer.headers.getlist("Set-Cookie") if cookie.startswith("proof-"))
        begun = begun.partition(";")[0]
        assert first.get("/connexion/code", begun).status == 200
    with running(var) as second:
        assert LOADING not in second.told
        assert ACCOUNTS[0].email in second.told
        assert second.get("/connexion/code").status == 303
        assert second.get("/connexion/code", begun).status == 200


def test_what_an_older_version_loaded_is_counted_with_the_figures_of_this_one(own_database, sessions, tmp_path):
    with sessions.begin() as db:
        make_person(db)
    ini = write_ini(tmp_path, own_database.url.render_as_string(hide_password=False))
    result = CliRunner().invoke(member_space, ["--ini", str(ini), "demo", "--load-only"])
    assert result.exit_code == 0, result.output
    assert LOADING not in result.output
    with sessions() as db:
        assert db.scalar(select(func.count()).select_from(Tariff)) > 100
