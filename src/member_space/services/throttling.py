"""Slow down guessing without locking anybody out: failures count for a pair of account and network (C13, R16, R17).

A device that the account trusts stands for a network of its own: who guesses from the same one does not lock it out.
"""

import ipaddress
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from member_space.models import SignInFailure

LIMIT = 10
WINDOW = timedelta(minutes=15)


class TooManyTries(Exception):  # noqa: N818 - named after the event
    """This was tried too often from this network; `wait` tells for how long."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"{wait.total_seconds():.0f} s to wait")
        self.wait = wait


def network_of(ip: str | None) -> str:
    """The network that shares a count: /24 of IPv4, /56 of IPv6 (what a home is given); `unknown` without address."""
    if ip is None:
        return "unknown"
    address = ipaddress.ip_address(ip)
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            return str(ipaddress.ip_network((int(address) >> 72 << 72, 56)))
        address = address.ipv4_mapped
    return str(ipaddress.ip_network((int(address) >> 8 << 8, 24)))


def quota_of(ip: str | None, device_id: int | None) -> str:
    """Whose count a try is: of the known device, wherever it is, else of the network."""
    return f"device:{device_id}" if device_id else network_of(ip)


def take_turn(db: Session, email_index: bytes, network: str, now: datetime, *, limit: int = LIMIT) -> None:
    """One's turn to try: raises TooManyTries past the limit; a refused try does not prolong the wait.

    Tries of one pair follow each other until commit, so that fifty at once count as fifty.
    """
    pair = int.from_bytes(email_index[:8], "big", signed=True) ^ int.from_bytes(network.encode()[-7:], "big")
    db.execute(select(func.pg_advisory_xact_lock(pair)))
    oldest = db.scalar(
        select(SignInFailure.failed_at)
        .where(
            SignInFailure.email_index == email_index,
            SignInFailure.network == network,
            SignInFailure.failed_at > now - WINDOW,
        )
        .order_by(SignInFailure.failed_at.desc())
        .offset(limit - 1)
        .limit(1)
    )
    if oldest:
        raise TooManyTries(oldest + WINDOW - now)


def count_turn(db: Session, what: bytes, network: str, now: datetime, *, limit: int) -> None:
    """A turn that counts whatever comes of it; ``what``: a blind index of what is done. Raises TooManyTries."""
    take_turn(db, what, network, now, limit=limit)
    note_failure(db, what, network, now)


def failures_since(db: Session, email_index: bytes, since: datetime) -> int:
    """How often this account was missed, whatever the network."""
    counted = select(func.count()).where(SignInFailure.email_index == email_index, SignInFailure.failed_at > since)
    return db.scalar(counted) or 0


def note_failure(db: Session, email_index: bytes, network: str, now: datetime) -> None:
    db.add(SignInFailure(email_index=email_index, network=network, failed_at=now))


def forget_failures(db: Session, email_index: bytes, network: str) -> None:
    """After a success, the pair starts again from zero; other networks keep their count."""
    db.execute(
        delete(SignInFailure)
        .where(SignInFailure.email_index == email_index, SignInFailure.network == network)
        .execution_options(synchronize_session=False)
    )
