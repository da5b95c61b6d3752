"""Tells an application over HTTP, at an address of the Internet and nowhere else: what it asks of its own servers.

The name is resolved here, its addresses are looked at (domain/target_address), and the connection goes to the one that
was looked at: a name that answers otherwise a moment later changes nothing. TLS is still checked for the name. Nothing
follows a redirect, and of the answer only the status is read.
"""

import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.client import HTTPException
from threading import Timer

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from zope.interface import implementer

from member_space.domain.target_address import Place, allowed, place_of
from member_space.interfaces import IWebhookSender

CONNECT, READ, WHOLE = 3.0, 5.0, 10.0
"""Seconds to reach a server, that it may keep silent, and that the whole may take: one that answers byte by byte is
left."""

Resolver = Callable[[str, int], list[str]]


def addresses_of(host: str, port: int) -> list[str]:
    """The IP addresses of a name, those of numbers in any writing included; none when it has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(one[4][0]) for one in found]


@implementer(IWebhookSender)
class WebhookSender:
    """``loopback``: this machine's own addresses are taken too, for development."""

    def __init__(self, *, loopback: bool = False, resolve: Resolver = addresses_of, whole: float = WHOLE) -> None:
        self._loopback, self._resolve, self._whole = loopback, resolve, whole

    def check(self, url: str) -> None:
        self._address(place_of(url, loopback=self._loopback))

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        place = place_of(url, loopback=self._loopback)
        address = self._address(place)
        try:
            made = socket.create_connection((address, place.port), CONNECT)
        except OSError as fault:
            raise ConnectionError(type(fault).__name__) from None
        connection = _on(made, place)
        # Another handle on the same connection: TLS takes the first one for itself.
        with made.dup() as held:
            late = Timer(self._whole, _end, [held])
            late.daemon = True
            late.start()
            try:
                connection.request("POST", place.path, body, headers, preload_content=False)
                return int(connection.getresponse().status)
            except (OSError, HTTPError, HTTPException) as fault:
                raise ConnectionError(type(fault).__name__) from None
            finally:
                late.cancel()
                connection.close()
                made.close()

    def _address(self, place: Place) -> str:
        return allowed(self._resolve(place.host, place.port), place, loopback=self._loopback)


def _on(made: socket.socket, place: Place) -> HTTPConnection:
    """A connection of this host over a socket that is already its own."""
    kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
    connection = kind(place.host, place.port, timeout=READ)
    # The one place where urllib3 would resolve the name by itself.
    connection._new_conn = lambda: made  # type: ignore[method-assign]
    return connection


def _end(made: socket.socket) -> None:
    """Whoever waits on it is told that it is over."""
    with suppress(OSError):
        made.shutdown(socket.SHUT_RDWR)
