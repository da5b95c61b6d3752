"""The server of production, as a process: production.ini, gunicorn.conf.py, and a log that machines read."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import urllib3

from tests.conftest import ROOT, TEST_INI

GUNICORN = [Path(sys.executable).with_name("gunicorn"), "--config", ROOT / "gunicorn.conf.py"]
LISTENING = "Listening at: "
NIR, CODE = "1850475116001", "482913"
SECRETS = {key: value for key, value in TEST_INI.items() if key.startswith("secrets.")}


class Server:
    """One that runs. `url`: where; `lines`: what it wrote, whole once it has ended."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.lines: list[str] = []
        self.url = ""
        while LISTENING not in (self.lines or [""])[-1]:
            line = process.stderr.readline()
            assert line, f"it ended before it listened: {self.lines}"
            self.lines.append(line)
        self.url = json.loads(self.lines[-1])["event"].partition(LISTENING)[2].split()[0]

    def end(self) -> None:
        self._process.terminate()
        _out, rest = self._process.communicate(timeout=150)
        self.lines += rest.splitlines()

    @property
    def events(self) -> list[dict[str, object]]:
        """Every line of its log."""
        return [json.loads(line) for line in self.lines]


@contextmanager
def running(*arguments: object, **environ: str) -> Iterator[Server]:
    """gunicorn on a port of its own, until the block ends."""
    environ = os.environ | {"BIND": "127.0.0.1:0", "WORKERS": "1", "THREADS": "2"} | environ
    command = [*GUNICORN, *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True) as process:
        try:
            server = Server(process)
            yield server
            server.end()
        finally:
            process.kill()


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return server.getsockname()[1]


def get(url: str) -> urllib3.BaseHTTPResponse:
    return urllib3.request("GET", url, retries=False, timeout=60)


def test_production_answers_and_logs_json_only(own_database, tmp_path):
    port = free_port()
    settings = SECRETS | {
        "sqlalchemy.url": own_database.url.render_as_string(hide_password=False),
        "storage.url": f"folder:{tmp_path}",
        "site.url": "https://espace.example.org",
        "metrics.port": str(port),
    }
    environ = {f"MEMBER_SPACE_{key.upper().replace('.', '_')}": value for key, value in settings.items()}
    with running("--paste", ROOT / "production.ini", **environ) as server:
        assert get(f"{server.url}/healthz").data == b"ok\n"
        ready = get(f"{server.url}/readyz")
        assert (ready.status, ready.json()) == (200, {"database": "ok", "storage": "ok", "jobs": "ok"})
        assert get(f"{server.url}/connexion").status == 200
        metrics = get(f"http://127.0.0.1:{port}/metrics").data.decode()
        assert 'member_space_requests_total{method="GET",route="sign_in",status="200"} 1.0' in metrics
    assert {"gunicorn.error", "member_space.security.logs"} <= {event["logger"] for event in server.events}
    assert [event["route"] for event in server.events if event["event"] == "request"] == ["sign_in"]


def test_an_error_that_the_application_never_saw_tells_no_address(tmp_path):
    (tmp_path / "broken.py").write_text("def app(environ, start_response):\n    raise ValueError('broken')\n")
    with running("broken:app", PYTHONPATH=str(tmp_path)) as server:
        assert get(f"{server.url}/lien/{NIR}?q=dupont&suite={CODE}").status == 500
        host, _, port = server.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=30) as client:
            client.sendall(f"GET dupont {CODE} HTTP\r\n\r\n".encode())
            assert b" 400 " in client.recv(4096)
    (error,) = [event for event in server.events if event["level"] == "error"]
    assert error["event"] == "Error handling request"
    assert "ValueError: broken" in error["exception"]
    (warning,) = [event for event in server.events if event["level"] == "warning"]
    assert warning["event"] == "Invalid request: InvalidRequestLine"
    for word in (NIR, CODE, "dupont", "ip=127"):
        assert word not in "".join(server.lines), word
