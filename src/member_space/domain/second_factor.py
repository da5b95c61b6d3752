"""When a second factor is asked (C10, S-HCR-15, R18): a pure rule, so that it can be read and tried whole.

The guide asks it of a new browser, from another address, and after three months. An address alone is a poor sign: the
ones of telephones change all day. So `strict` does exactly what the guide says, and `scored` keeps its first and third
triggers as they are and takes another address only with something else that is odd.
"""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum

from member_space.domain.permissions import Role

LONG_ABSENCE = timedelta(days=89)
"""The shortest three months of a calendar (February to April): never asked later than the guide says."""
MANY_FAILURES = 5
"""Wrong passwords in a day, whatever the network, from which a sign-in looks odd."""
ODD_ENOUGH = 3
"""An address of elsewhere (2) with one odd sign, or one of nearby (1) with two."""


class Policy(StrEnum):
    """The setting `second_factor.policy`."""

    SCORED = "scored"
    STRICT = "strict"


class Method(StrEnum):
    """What the first factor was."""

    PASSWORD = "password"
    PASSKEY = "passkey"
    """With the user verified by the device: something one has, and a finger or a code. Both factors at once."""
    OIDC = "oidc"


class Move(IntEnum):
    """How far the address is from that of the last sign-in of this browser; its value is its weight."""

    SAME = 0
    """The same box: the IPv4 address, or the /56 of IPv6 that a home is given."""
    NEAR = 1
    """The same block of an operator (IPv4 /16, IPv6 /32), or IPv4 one day and IPv6 the other: nobody can tell."""
    FAR = 2
    """Elsewhere: another operator or country, as far as an address tells without a file of all of them."""


class Why(StrEnum):
    """Why it is asked, in the order in which the reasons are looked for."""

    OFFICE = "office"
    NEW_BROWSER = "new_browser"
    LONG_ABSENCE = "long_absence"
    OTHER_ADDRESS = "other_address"


@dataclass(frozen=True, slots=True)
class Signs:
    """What a sign-in looks like, its first factor being right."""

    known_browser: bool
    """It brought the cookie of a device that this account trusts, today."""
    absence: timedelta | None
    """Since the last sign-in of the account; None: the first."""
    move: Move = Move.SAME
    failures: int = 0
    """Wrong passwords for this account in the last day."""
    other_software: bool = False
    """The cookie of the device comes from another kind of browser than the one it was given to."""


def why_asked(signs: Signs, *, policy: Policy, method: Method, role: Role) -> Why | None:
    """The reason to ask a second factor, None to ask for none.

    Whenever `scored` asks, `strict` does too. The office is always asked: it reads the data of many (CNIL, MFA
    recommendation of 20 March 2025).
    """
    if method is Method.PASSKEY:
        return None
    if role is not Role.MEMBER:
        return Why.OFFICE
    if not signs.known_browser:
        return Why.NEW_BROWSER
    if signs.absence is None or signs.absence >= LONG_ABSENCE:
        return Why.LONG_ABSENCE
    if signs.move is Move.SAME:
        return None
    score = signs.move + (signs.failures >= MANY_FAILURES) + signs.other_software
    return Why.OTHER_ADDRESS if policy is Policy.STRICT or score >= ODD_ENOUGH else None


def move_between(before: str | None, now: str | None) -> Move:
    """How far apart two addresses are; one that is not known is elsewhere."""
    if before == now:
        return Move.SAME
    if before is None or now is None:
        return Move.FAR
    first, second = ipaddress.ip_address(before), ipaddress.ip_address(now)
    if first.version != second.version:
        return Move.NEAR
    apart, bits = int(first) ^ int(second), first.max_prefixlen
    box, block = (32, 16) if first.version == 4 else (56, 32)
    if apart >> (bits - box) == 0:
        return Move.SAME
    return Move.NEAR if apart >> (bits - block) == 0 else Move.FAR
