"""Closing one's account: asked for, thirty days of grace, then done; the contract is not touched (C21, S-MSC-18)."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from member_space import models as m
from member_space.domain.events import EventKind
from member_space.domain.notices import Channel, NoticeKind
from member_space.domain.opening_hours import PARIS
from member_space.domain.retention import CLOSING_GRACE
from member_space.services.api_end import end_grants
from member_space.services.events import record
from member_space.services.notification import notify
from member_space.services.sessions import Identity
from member_space.services.tools import INSIDE, Origin, Tools

CLOSE = "accounts:close"
"""The nightly task."""

BATCH = 500

GONE_WITH_THE_ACCOUNT = (
    *(m.WebSession, m.Device, m.Passkey, m.RecoveryCode, m.OidcLink, m.Draft, m.NotificationPreference),
    *(m.Challenge, m.CardShare, m.AdviserTalk),
)
"""What only served to come in, or to be told. A copy of the data that waits goes with its day, as any other."""


def ask_closing(db: Session, tools: Tools, identity: Identity, origin: Origin, language: str | None = None) -> None:
    """The account closes in thirty days, unless its person says no; asking again changes nothing."""
    now = tools.now()
    changed = db.scalar(
        update(m.Account)
        .where(m.Account.id == identity.account_id, m.Account.closing_asked_at.is_(None))
        .values(closing_asked_at=now)
        .returning(m.Account.id)
    )
    if changed is None:
        return
    _note(db, EventKind.ACCOUNT_CLOSING_ASKED, identity, origin)
    until = (now + CLOSING_GRACE).astimezone(PARIS).date()
    notify(
        db,
        tools,
        NoticeKind.ACCOUNT_CLOSING,
        Channel.EMAIL,
        account_id=identity.account_id,
        values={"until": until.isoformat(), "link": "/mes-donnees"},
        language=language,
    )


def cancel_closing(db: Session, identity: Identity, origin: Origin) -> None:
    """The account stays; silent when nothing was asked."""
    changed = db.scalar(
        update(m.Account)
        .where(m.Account.id == identity.account_id, m.Account.closing_asked_at.is_not(None))
        .values(closing_asked_at=None)
        .returning(m.Account.id)
    )
    if changed is not None:
        _note(db, EventKind.ACCOUNT_CLOSING_CANCELLED, identity, origin)


def close_accounts(db: Session, tools: Tools) -> None:
    """Close each account whose grace is over: nothing opens it any more, its address is free.

    The row stays, emptied, as the journal names it; its person may activate another one the next minute (an account is
    unique to a person while it is open).
    """
    now = tools.now()
    due = (
        select(m.Account)
        .where(m.Account.closing_asked_at <= now - CLOSING_GRACE, m.Account.closed_at.is_(None))
        .order_by(m.Account.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    accounts = list(db.scalars(due))
    for account in accounts:
        _close(db, tools, account)
    if len(accounts) == BATCH:
        tools.jobs.defer(db, CLOSE)


def _close(db: Session, tools: Tools, account: m.Account) -> None:
    address = account.email
    for model in GONE_WITH_THE_ACCOUNT:
        db.execute(delete(model).where(model.account_id == account.id))
    end_grants(db, tools, m.ApiGrant.account_id == account.id)
    account.closed_at = tools.now()
    account.email = f"closed-{account.public_id}@account.invalid"
    account.password_hash = account.mobile = account.totp_secret = account.totp_last_step = None
    record(
        db,
        EventKind.ACCOUNT_CLOSED,
        subject_person_id=account.person_id,
        origin=INSIDE,
        details={"account": account.id},
    )
    notify(db, tools, NoticeKind.ACCOUNT_CLOSED, Channel.EMAIL, to=address)


def _note(db: Session, kind: EventKind, identity: Identity, origin: Origin) -> None:
    record(db, kind, actor_account_id=identity.account_id, subject_person_id=identity.person_id, origin=origin)
