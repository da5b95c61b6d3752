"""The connection goes where it was looked at, ends when it must, and follows nothing."""

import socket
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from member_space.adapters.webhook import WebhookSender, addresses_of
from member_space.domain.target_address import Fault, TargetRefused

OK = b"HTTP/1.1 204 No Content\r\n\r\n"


class Server:
    """Takes one connection, keeps what it read, and answers so; ``tls``: with this context."""

    def __init__(self, answer, tls=None):
        self.answer, self.tls, self.read = answer, tls, b""
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.connections = 0
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        try:
            connection, _peer = self.socket.accept()
            self.connections += 1
            with self.tls.wrap_socket(connection, server_side=True) if self.tls else connection as taken:
                taken.settimeout(10)
                while b"\r\n\r\n" not in self.read or not self.read.endswith(b"}"):
                    if not (more := taken.recv(65536)):
                        return
                    self.read += more
                self.answer(taken) if callable(self.answer) else taken.sendall(self.answer)
        except OSError:
            pass


@contextmanager
def serving(answer, tls=None):
    server = Server(answer, tls)
    server.thread.start()
    try:
        yield server
    finally:
        # Nobody came: the one who waits is let go.
        server.socket.close() if server.connections else socket.create_connection(("127.0.0.1", server.port)).close()
        server.thread.join(10)
        server.socket.close()


@pytest.fixture
def sender():
    return WebhookSender(loopback=True)


def test_an_event_arrives_whole(sender):
    with serving(OK) as server:
        url = f"http://127.0.0.1:{server.port}/avis?de=nous"
        assert sender.send(url, {"webhook-id": "msg_1", "content-type": "application/json"}, b"{}") == 204
    head, _, body = server.read.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /avis?de=nous HTTP/1.1\r\n")
    assert b"webhook-id: msg_1" in head
    assert body == b"{}"


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://017700000001/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.8/",
        "https://192.168.0.1/",
        "https://localhost/",
        "https://localhost./",
    ],
)
def test_no_address_of_ours_is_taken_however_it_is_written(url):
    for act in (lambda: WebhookSender().check(url), lambda: WebhookSender().send(url, {}, b"{}")):
        with pytest.raises(TargetRefused) as refused:
            act()
        assert refused.value.fault is Fault.NOT_PUBLIC


def test_a_name_that_turns_private_after_its_registration_is_not_reached():
    """DNS rebinding: public when it is registered, ours when it is told."""
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])
    with serving(OK) as server:
        sender = WebhookSender(resolve=lambda _host, _port: next(answers))
        url = f"https://assistant.example:{server.port}/"
        sender.check(url)
        with pytest.raises(TargetRefused):
            sender.send(url, {}, b"{}")
        assert server.read == b""


def test_a_name_is_resolved_once_for_each_try():
    """Nothing asks for it again between the look and the connection."""
    asked = []

    def resolve(host, _port):
        asked.append(host)
        return ["127.0.0.1"]

    with serving(OK) as server:
        sender = WebhookSender(loopback=True, resolve=resolve)
        assert sender.send(f"http://nowhere.invalid:{server.port}/", {}, b"{}") == 204
    assert asked == ["nowhere.invalid"]
    assert b"\r\nHost: nowhere.invalid:" in server.read


def test_a_redirect_is_an_answer_and_leads_nowhere(sender):
    with serving(OK) as inside:
        where = f"Location: http://127.0.0.1:{inside.port}/\r\n".encode()
        with serving(b"HTTP/1.1 302 Found\r\n" + where + b"Content-Length: 0\r\n\r\n") as server:
            assert sender.send(f"http://127.0.0.1:{server.port}/", {}, b"{}") == 302
        assert inside.read == b""


def test_of_a_huge_answer_only_the_status_is_read(sender):
    sent = []

    def endless(taken):
        taken.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")
        while True:  # until nobody reads
            sent.append(taken.send(b"x" * 65536))

    with serving(endless) as server:
        assert sender.send(f"http://127.0.0.1:{server.port}/", {}, b"{}") == 200
    assert sum(sent) < 50_000_000


def test_an_answer_that_comes_byte_by_byte_is_left():
    sender, over = WebhookSender(loopback=True, whole=0.5), threading.Event()

    def drip(taken):
        taken.sendall(b"HTTP/1.1 ")
        while not over.wait(0.05):
            taken.sendall(b"x")

    with serving(drip) as server:
        with pytest.raises(ConnectionError):
            sender.send(f"http://127.0.0.1:{server.port}/", {}, b"{}")
        over.set()


@pytest.mark.parametrize("answer", [b"", b"hello\r\n\r\n", b"HTTP/1.1 two\r\n\r\n"])
def test_no_answer_or_nonsense_is_a_failure_told_by_its_kind(sender, answer):
    with serving(answer) as server, pytest.raises(ConnectionError, match=r"^\w+$"):
        sender.send(f"http://127.0.0.1:{server.port}/", {}, b"{}")


def test_nobody_there_is_a_failure(sender):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ConnectionError):
        sender.send(f"http://127.0.0.1:{port}/", {}, b"{}")


def test_a_name_that_does_not_exist_has_no_address():
    assert addresses_of("x" * 70 + ".invalid", 443) == []
    with pytest.raises(TargetRefused) as refused:
        WebhookSender(resolve=lambda _host, _port: []).check("https://nowhere.invalid/")
    assert refused.value.fault is Fault.UNKNOWN_HOST


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    """A certificate of assistant.example that this machine trusts for the time of a test."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "assistant.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("assistant.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = tmp_path / "cert.pem", tmp_path / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    forms = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, *forms))
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return context


@pytest.mark.parametrize(("host", "taken"), [("assistant.example", True), ("other.example", False)])
def test_tls_is_checked_for_the_name_though_the_address_was_chosen(certificate, host, taken):
    sender = WebhookSender(loopback=True, resolve=lambda _host, _port: ["127.0.0.1"])
    with serving(OK, certificate) as server:
        url = f"https://{host}:{server.port}/"
        if taken:
            assert sender.send(url, {}, b"{}") == 204
        else:
            with pytest.raises(ConnectionError):
                sender.send(url, {}, b"{}")


def test_a_server_that_keeps_silent_in_its_handshake_is_left(certificate):
    """The deadline holds before TLS is there too."""
    sender = WebhookSender(loopback=True, whole=0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(ConnectionError):
        sender.send(f"https://127.0.0.1:{silent.getsockname()[1]}/", {}, b"{}")
