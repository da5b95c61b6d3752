"""A real gunicorn on a database, and a browser of one member against it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import urllib3

from tests.conftest import ROOT

CSRF = "0" * 40


@contextmanager
def running_site(ini: Path) -> Iterator[str]:
    """Two processes of pages on a free port; where they answer."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "--paste", str(ini)]
    environment = os.environ | {"BIND": f"127.0.0.1:{port}", "WORKERS": "2"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            for _ in range(600):
                if _answers(address):
                    break
                assert process.poll() is None, "gunicorn ended"
                time.sleep(0.1)
            yield address
        finally:
            process.terminate()


def _answers(address: str) -> bool:
    try:
        return urllib3.request("GET", f"{address}/healthz", retries=False, timeout=5).status == 200
    except urllib3.exceptions.HTTPError:
        return False


class Member:
    """Somebody signed in; no redirection is followed."""

    def __init__(self, address: str, token: str) -> None:
        self._address = address
        self._headers = {"Cookie": f"session={token}; csrf={CSRF}"}
        self._http = urllib3.PoolManager(retries=False, timeout=60)

    def get(self, path: str, **headers: str) -> urllib3.BaseHTTPResponse:
        return self._http.request("GET", self._address + path, headers=self._headers | headers, redirect=False)

    def post(self, path: str, **fields: str) -> urllib3.BaseHTTPResponse:
        sent = fields | {"csrf_token": CSRF}
        return self._http.request(
            "POST", self._address + path, fields=sent, encode_multipart=False, headers=self._headers, redirect=False
        )
