"""A real SMTP server on this machine: strict on line ends, and rude where a test wants it to be."""

import datetime
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")
REFUSED = {
    "unknown@example.org": "550 5.1.1 No such user <unknown@example.org>",
    "full@example.org": "452 4.2.2 Mailbox full",
    "plain@example.org": "553 no",
    "relay@example.org": "554 5.7.1 Relay access denied",
}


class Received:
    """What arrived, and what the server says to each."""

    def __init__(self) -> None:
        self.envelopes: list[Any] = []
        self.drop = False
        self.sessions: list[Any] = []

    async def handle_RCPT(self, _server, session, envelope, address, _options):  # noqa: N802 - aiosmtpd's name
        if address in REFUSED:
            return REFUSED[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's
        if self.drop:
            server.transport.abort()
            return "421 gone"
        if BARE.search(envelope.original_content):
            return "550 5.6.11 Bare CR or LF in the message"
        if said := re.search(rb"Refuse: ([^\r]+)", envelope.original_content):
            return said[1].decode()
        self.envelopes.append(envelope)
        self.sessions.append(session)
        return "250 OK"


class OwnPort(Controller):
    """Listens on a port that the system chose."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def smtp_server(**options: Any) -> Iterator[tuple[Received, int]]:
    received = Received()
    server = OwnPort(received, hostname="127.0.0.1", port=0, **options)
    server.start()
    try:
        yield received, server.port
    finally:
        server.stop()


def only_nadia(_server, _session, _envelope, _mechanism, auth_data):
    """Knows one user, with a password that an URL must escape."""
    return AuthResult(success=auth_data == LoginPassword(b"us er", b"p@ss/w:rd"), handled=False)


def certificate(folder: Path, name: str = "localhost") -> tuple[Path, Path]:
    """The files of a certificate that signs itself for this name, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "certificate.pem", folder / "key.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return public, private


def server_context(files: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*files)
    return context
