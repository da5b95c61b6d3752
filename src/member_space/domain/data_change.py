"""Changes of one's own data: which wait for which, and which a late « ce n'est pas moi » takes back (C16, C154)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

COOLING = timedelta(hours=48)
"""Between a change of contact data and one of the bank account, and before a new account is used."""


class DataKind(StrEnum):
    """What a member may change of his own data."""

    EMAIL = "email"
    MOBILE = "mobile"
    LANDLINE = "landline"
    ADDRESS = "address"
    IBAN = "iban"


KEYS = frozenset({DataKind.EMAIL, DataKind.MOBILE, DataKind.IBAN})
"""Those that hold the account and its money: together they are what a thief changes."""


def free_again_at(kind: DataKind, recent: Iterable[tuple[DataKind, datetime]], now: datetime) -> datetime | None:
    """When this kind may be changed, None when it may now (insurance.md 6.5).

    `recent`: the changes that hold, and what was put back, each with its instant. The bank account waits for 48 hours
    after any change of e-mail or mobile, so that the warnings of both have reached their owner. Of the three, the last
    one waits too: e-mail, mobile and bank account never all change within 48 hours.
    """
    if kind not in KEYS:
        return None
    others: dict[DataKind, datetime] = {}
    for one, at in recent:
        if one in KEYS - {kind} and now - at < COOLING:
            others[one] = max(at, others.get(one, at))
    if kind is DataKind.IBAN:
        return max(others.values()) + COOLING if others else None
    return min(others.values()) + COOLING if len(others) == 2 else None


def taken_back_with(kind: DataKind, later: DataKind) -> bool:
    """Whether undoing a change of `kind` undoes one of `later` that came after it.

    The older link wins: who disowns a change disowns what was built on it. A later change of the same kind goes with
    it; and since whoever held the e-mail or the mobile could confirm the rest, so do all three keys. An address is
    undone alone.
    """
    return kind is later or (kind in KEYS and later in KEYS)
