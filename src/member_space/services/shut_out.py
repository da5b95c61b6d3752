"""Closing what is open on an account, when somebody else may be in it."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.domain.notices import NoticeKind
from member_space.domain.permissions import Role
from member_space.models import (
    Account,
    ApiGrant,
    CardShare,
    Challenge,
    Device,
    Draft,
    Notification,
    OidcLink,
    Passkey,
    RecoveryCode,
    WebSession,
)
from member_space.services.api_end import end_grants
from member_space.services.challenge import RULES, Purpose
from member_space.services.events import record
from member_space.services.tools import Origin, Tools

KEPT = (Purpose.UNDO_CHANGE.value, Purpose.DISOWN.value)
"""Ways to say no, which stay open."""


@dataclass(frozen=True, slots=True)
class ShutOut:
    """What was open: how many sessions, and the ids of the browsers that were trusted."""

    sessions: int
    devices: frozenset[int]


def shut_out(db: Session, tools: Tools, account: Account, *, keep: int | None = None) -> ShutOut:
    """End the sessions of the locked account and the requests under way, trust no browser of it any more, and take back
    what it allowed to applications.

    `keep`: the session of its owner, who is there: it goes on, browsers stay trusted, and applications let in.
    """
    now = tools.now()
    sessions = delete(WebSession).where(WebSession.account_id == account.id, WebSession.id != (keep or 0))
    # All of them: who came in by one browser may have made the account trust another.
    devices = update(Device).where(Device.account_id == account.id, Device.trusted_until > now)
    # A code sent to somebody else's number opens nothing any more; who waits between two factors starts again.
    requests = update(Challenge).where(
        Challenge.account_id == account.id,
        Challenge.used_at.is_(None),
        Challenge.expires_at > now,
        Challenge.purpose.not_in(KEPT),
    )
    quiet = {"synchronize_session": False}
    ended = db.scalars(sessions.returning(WebSession.id), execution_options=quiet).all()
    db.execute(requests.values(expires_at=now), execution_options=quiet)
    if keep:
        return ShutOut(len(ended), frozenset())
    # A mail told of each: but who reads somebody's mail may have allowed himself one.
    end_grants(db, tools, ApiGrant.account_id == account.id)
    trusted = devices.values(trusted_until=now - timedelta(seconds=1)).returning(Device.id)
    return ShutOut(len(ended), frozenset(db.scalars(trusted, execution_options=quiet)))


def shut_everybody_out(db: Session, tools: Tools, account: Account) -> ShutOut:
    """As `shut_out`, of an account that was in other hands: what they wrote is not found again, the ways in that they
    may have added open nothing, nor do the links to the card, and the next sign-in asks for a new password.
    """
    found, now = shut_out(db, tools, account), tools.now()
    db.execute(delete(Draft).where(Draft.account_id == account.id))
    # One that they sent to themselves would give them the numbers of the family for 72 hours more.
    links = update(CardShare).where(CardShare.account_id == account.id, CardShare.revoked_at.is_(None))
    db.execute(links.values(revoked_at=now), execution_options={"synchronize_session": False})
    # A colleague keeps his: with none left, his password alone would enrol another. An administrator sees to it.
    if account.role == Role.MEMBER:
        _forget_new_factors(db, tools, account)
    account.must_change_password = True
    db.flush()
    return found


def freeze_payments(db: Session, tools: Tools, account: Account, origin: Origin) -> None:
    """Nothing is paid to another bank account of this member before a colleague spoke with him; once."""
    if account.person_id is None or account.payments_frozen_at:
        return
    account.payments_frozen_at = tools.now()
    record(db, EventKind.PAYMENTS_FROZEN, subject_person_id=account.person_id, origin=origin)


def _forget_new_factors(db: Session, tools: Tools, account: Account) -> None:
    """What was added for as long as its warning can be answered; the mobile has its own (services.undo_change)."""
    since = tools.now() - RULES[Purpose.DISOWN].life
    told = db.scalars(
        select(Notification.values["factor"].astext)
        .where(
            Notification.account_id == account.id,
            Notification.kind == NoticeKind.FACTOR_CHANGED.value,
            Notification.values["action"].astext == "added",
            Notification.created_at > since,
        )
        .distinct()
    )
    added = set(told) - {"mobile"}
    if "totp" in added:
        account.totp_secret = account.totp_last_step = None
    for factor, rows in {
        "passkey": delete(Passkey).where(Passkey.account_id == account.id, Passkey.created_at > since),
        "recovery_codes": delete(RecoveryCode).where(RecoveryCode.account_id == account.id),
        "identity": delete(OidcLink).where(OidcLink.account_id == account.id, OidcLink.linked_at > since),
    }.items():
        if factor in added:
            db.execute(rows.execution_options(synchronize_session=False))
    for factor in sorted(added):
        record(db, EventKind.FACTOR_REMOVED, subject_person_id=account.person_id, details={"factor": factor})
