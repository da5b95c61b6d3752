"""Where an application may have itself told: a public address of the Internet over TLS, and never one of our networks.

A server that asks where somebody tells it to reaches what only it reaches (SSRF, OWASP A10): its own services, its
neighbours', the provider's metadata. Names are therefore resolved by us, each address is looked at, and the connection
goes to that very address (adapters/webhook.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

LONGEST = 500
_NAT64 = ip_network("64:ff9b::/96")
_SPECIAL = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32", "3fff::/20", "5f00::/16")))
"""What older versions of `ipaddress` take for public (IANA's registries of special-purpose addresses), and the one
address of the Internet that a provider answers its own machines from."""
_DEFAULT_PORTS = {"https": 443, "http": 80}


class Fault(StrEnum):
    """Why a target is refused."""

    MALFORMED = "malformed"
    NOT_HTTPS = "not_https"
    USERINFO = "userinfo"
    UNKNOWN_HOST = "unknown_host"
    NOT_PUBLIC = "not_public"


class TargetRefused(ValueError):  # noqa: N818 - named after the event
    """Nothing is sent there."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Place:
    """What of an address the connection needs. ``path``: with its query."""

    scheme: str
    host: str
    port: int
    path: str


def place_of(url: str, *, loopback: bool = False) -> Place:
    """Take a target's address apart; raise TargetRefused. ``loopback``: without TLS to this machine's own names."""
    if not (url.isascii() and url.isprintable()) or " " in url or "\\" in url or len(url) > LONGEST:
        raise TargetRefused(Fault.MALFORMED)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise TargetRefused(Fault.MALFORMED) from None
    if "@" in parts.netloc:
        raise TargetRefused(Fault.USERINFO)
    if not host or parts.fragment or "%" in parts.netloc:
        raise TargetRefused(Fault.MALFORMED)
    if parts.scheme != "https" and not (loopback and parts.scheme == "http"):
        raise TargetRefused(Fault.NOT_HTTPS)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme, host.rstrip("."), port or _DEFAULT_PORTS[parts.scheme], path)


def is_public(address: str) -> bool:
    """Whether this IP address is one of the Internet at large, whatever it is wrapped in."""
    inner = _unwrapped(ip_address(address.partition("%")[0]))
    special = inner.is_multicast or inner.is_reserved or inner.is_unspecified or getattr(inner, "is_site_local", False)
    return inner.is_global and not special and not any(inner in one for one in _SPECIAL)


def is_loopback(address: str) -> bool:
    """Whether it is this machine's own."""
    return _unwrapped(ip_address(address.partition("%")[0])).is_loopback


def allowed(addresses: Iterable[str], place: Place, *, loopback: bool = False) -> str:
    """The address to connect to, of those that a name resolves to; raise TargetRefused.

    One that is not public condemns them all: a name that answers both is one that is being tried on us. ``loopback``:
    this machine's own are taken too, and then alone without TLS.
    """
    found = list(dict.fromkeys(addresses))
    if not found:
        raise TargetRefused(Fault.UNKNOWN_HOST)
    own = loopback and all(is_loopback(one) for one in found)
    if not own and not all(is_public(one) for one in found):
        raise TargetRefused(Fault.NOT_PUBLIC)
    if place.scheme != "https" and not own:
        raise TargetRefused(Fault.NOT_HTTPS)
    return found[0]


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one carries (mapped, 6to4, Teredo, NAT64, compatible), else itself."""
    if isinstance(address, IPv4Address):
        return address
    carried = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    if carried is None and (address in _NAT64 or (int(address) >> 32 == 0 and int(address) > 1)):
        carried = IPv4Address(int(address) & 0xFFFFFFFF)
    return carried or address
