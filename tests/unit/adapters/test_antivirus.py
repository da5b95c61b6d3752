"""The four outcomes of an antivirus (R4), by a real clamd; what one would answer that is rare, by a socket of ours."""

import socket
import threading
from io import BytesIO

import pytest

from member_space.adapters.antivirus import NoAntivirus, antivirus_from
from member_space.domain.attachment import Verdict
from tests.factories import files
from tests.factories.clamd_server import INSTALL, STREAM_MAX, ClamdServer, clamd_path


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = ClamdServer(tmp_path_factory.mktemp("clamd"))
    server.start()
    yield server
    server.kill()


@pytest.mark.clamd
@pytest.mark.skipif(clamd_path() is None, reason=INSTALL)
@pytest.mark.xdist_group("clamd")
class TestClamd:
    def test_a_clean_one(self, server):
        antivirus = antivirus_from(server.address)
        assert antivirus.answers()
        assert antivirus.scan(BytesIO(files.jpeg())) is Verdict.CLEAN

    def test_an_infected_one_wherever_the_virus_hides(self, server):
        antivirus = antivirus_from(server.address)
        for content in (files.EICAR, files.jpeg() + files.EICAR, files.zipped("eicar.com", files.EICAR)):
            assert antivirus.scan(BytesIO(content)) is Verdict.INFECTED

    def test_one_above_its_limit_was_not_scanned_and_is_never_clean(self, server):
        """clamd answers, or resets the connection, as it happens; both are the same verdict."""
        antivirus = antivirus_from(server.address)
        for size in (STREAM_MAX + 1, STREAM_MAX * 5):
            assert antivirus.scan(BytesIO(bytes(size))) is Verdict.UNSCANNABLE
        assert antivirus.scan(BytesIO(files.EICAR)) is Verdict.INFECTED

    def test_what_was_read_of_the_file_before_is_not_scanned(self, server):
        file = BytesIO(files.EICAR)
        file.seek(10)
        assert antivirus_from(server.address).scan(file) is Verdict.CLEAN

    def test_one_that_died_is_unreachable_and_comes_back(self, server):
        antivirus = antivirus_from(server.address)
        server.kill()
        assert not antivirus.answers()
        assert antivirus.scan(BytesIO(files.EICAR)) is Verdict.UNREACHABLE
        server.start()
        assert antivirus.scan(BytesIO(files.EICAR)) is Verdict.INFECTED


@pytest.fixture
def answering():
    """A server that answers each connection in turn: bytes, or nothing and a broken connection."""
    listeners = []

    def serve(*answers: bytes | None) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def run() -> None:
            for answer in answers:
                connection, _address = listener.accept()
                with connection:
                    asked = b""
                    while not asked.endswith((b"PING\n", b"\0\0\0\0")):
                        asked += connection.recv(1 << 16)
                    if answer is not None:
                        connection.sendall(answer)
            listener.close()

        threading.Thread(target=run, daemon=True).start()
        return f"127.0.0.1:{listener.getsockname()[1]}"

    yield serve
    for listener in listeners:
        listener.close()


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ([b"stream: OK\n"], Verdict.CLEAN),
        ([b"stream: Win.Test FOUND\n"], Verdict.INFECTED),
        ([b"INSTREAM size limit exceeded. ERROR\n"], Verdict.UNSCANNABLE),
        ([b"stream: Time limit reached ERROR\n"], Verdict.UNSCANNABLE),
        ([b"stream: Can't create temporary file ERROR\n"], Verdict.UNREACHABLE),
        # Broke off twice although it answers: the file.
        ([None, b"PONG\n", None, b"PONG\n"], Verdict.UNSCANNABLE),
        # Broke off once, then was started again.
        ([None, b"PONG\n", b"stream: OK\n"], Verdict.CLEAN),
        # Broke off, and is there no more.
        ([None], Verdict.UNREACHABLE),
        ([b"what?\n"], Verdict.UNSCANNABLE),
    ],
)
def test_what_it_may_answer(answering, answers, verdict):
    assert antivirus_from(answering(*answers)).scan(BytesIO(b"x" * 100)) is verdict


def test_nobody_listening_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as one:
        address = f"127.0.0.1:{one.getsockname()[1]}"
    assert antivirus_from(address).scan(BytesIO(b"x")) is Verdict.UNREACHABLE
    assert antivirus_from("/nowhere/clamd.socket").scan(BytesIO(b"x")) is Verdict.UNREACHABLE


def test_an_installation_without_one_lets_all_go_on():
    antivirus = antivirus_from(None)
    assert isinstance(antivirus, NoAntivirus)
    assert antivirus.answers()
    assert antivirus.scan(BytesIO(files.EICAR)) is Verdict.CLEAN
