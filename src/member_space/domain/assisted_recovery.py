"""The way back in that the office gives: what the member lost, and the scripted checks of who he is (C9, R15, R20).

The handler ticks what he verified; the answers are never written. A list that is too short cannot be sent.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Wish(StrEnum):
    """What the member lost."""

    FACTOR = "factor"
    """The telephone or the application; the password is known, or is recovered by mail."""
    CONTACTS = "contacts"
    """The telephone and the mailbox together: nothing else is left, so a colleague looks twice."""


class Check(StrEnum):
    """One verification, in the order in which it is asked on the telephone."""

    CALLED_BACK = "called_back"
    BIRTH = "birth"
    CARD = "card"
    ADDRESS = "address"
    LAST_PAYMENT = "last_payment"
    IBAN_END = "iban_end"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Script:
    """Which checks are needed, and how many in all."""

    always: frozenset[Check]
    at_least: int


SCRIPTS = {
    Wish.FACTOR: Script(frozenset({Check.CALLED_BACK, Check.BIRTH}), 4),
    # The number of the file is the one that was lost: the person is seen with a document instead.
    Wish.CONTACTS: Script(frozenset({Check.DOCUMENT, Check.BIRTH}), 5),
}


WRITING = Script(frozenset({Check.BIRTH}), 3)
"""Of who has a message written in his name on the telephone: it gives nobody a way in, and he is told (R22)."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What is still to be verified: the checks that cannot be left out, and how many more of any."""

    needed: tuple[Check, ...]
    more: int


def gap(script: Script, done: Collection[Check]) -> Gap | None:
    """What these checks lack for this script; None when they are enough."""
    needed = tuple(check for check in Check if check in script.always and check not in done)
    more = max(0, script.at_least - len(set(done)))
    return Gap(needed, more) if needed or more else None
