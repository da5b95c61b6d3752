"""The antivirus: clamd over its own protocol, or nobody where none is set."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import structlog
from clamav_client.clamd import (
    BufferTooLongError,
    ClamdError,
    ClamdNetworkSocket,
    ClamdUnixSocket,
    CommunicationError,
)
from zope.interface import implementer

from member_space.domain.attachment import Verdict
from member_space.interfaces import IAntivirus

log = structlog.get_logger(__name__)

TIMEOUT = 150
"""Seconds that a verdict may take: more than clamd gives itself (`MaxScanTime`, 120 s)."""


def antivirus_from(address: str | None) -> "Clamd | NoAntivirus":
    """`host:port`, or the path of a socket; None: there is none."""
    return Clamd(address) if address else NoAntivirus()


@implementer(IAntivirus)
class NoAntivirus:
    """The installation has none (docs/operations.md says what that means)."""

    def scan(self, file: BinaryIO) -> Verdict:  # noqa: ARG002 - the interface's
        return Verdict.CLEAN

    def answers(self) -> bool:
        return True


@implementer(IAntivirus)
class Clamd:
    def __init__(self, address: str) -> None:
        self._address = address

    @contextmanager
    def _client(self, timeout: int) -> Iterator[ClamdNetworkSocket]:
        """One that is closed: it leaves its socket open where nobody answers."""
        if self._address.startswith("/"):
            client: ClamdNetworkSocket = ClamdUnixSocket(self._address, timeout=timeout)
        else:
            host, _colon, port = self._address.rpartition(":")
            client = ClamdNetworkSocket(host, int(port), timeout=timeout)
        try:
            yield client
        finally:
            if hasattr(client, "clamd_socket"):
                client.clamd_socket.close()

    def scan(self, file: BinaryIO) -> Verdict:
        start = file.tell()
        for _attempt in range(2):
            file.seek(start)
            verdict = self._scan(file)
            if verdict is not None:
                return verdict
            if not self.answers():
                return Verdict.UNREACHABLE
        # It takes others, and twice broke off in the middle of this one (once may be its restart): clamd does that
        # above its `StreamMaxLength`, and its answer is lost with the connection. Not scanned is never clean.
        log.warning("the antivirus broke off", bytes=file.tell() - start)
        return Verdict.UNSCANNABLE

    def _scan(self, file: BinaryIO) -> Verdict | None:
        """The verdict of one try; None: it broke off in the middle of the file."""
        start = file.tell()
        try:
            with self._client(TIMEOUT) as client:
                answer = client.instream(file)
        except BufferTooLongError:
            return Verdict.UNSCANNABLE
        except (CommunicationError, OSError) as error:
            if file.tell() > start:
                return None
            log.warning("the antivirus cannot be reached", error=type(error).__name__)
            return Verdict.UNREACHABLE
        except ClamdError as error:
            # It answered that it could not look into this one (an error of its engine, a broken archive).
            log.warning("the antivirus could not scan", error=str(error))
            return Verdict.UNSCANNABLE
        if not answer:
            return None
        [(status, reason)] = answer.values()
        # « Can't create temporary file »: a matter of its machine, not of the file.
        if status == "ERROR" and str(reason).startswith("Can't"):
            log.warning("the antivirus cannot work", error=reason)
            return Verdict.UNREACHABLE
        return {"OK": Verdict.CLEAN, "FOUND": Verdict.INFECTED}.get(status, Verdict.UNSCANNABLE)

    def answers(self) -> bool:
        try:
            with self._client(5) as client:
                return client.ping() == "PONG"
        except (ClamdError, OSError, UnicodeDecodeError):
            return False
