"""Messages to people: written in the transaction of their cause, sent by the worker."""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from member_space.domain.notices import Channel, NoticeKind
from member_space.models import Account, Notification
from member_space.services.tools import Tools

SEND = "notification:send"
"""The task that sends one; its argument is `notification_id`."""
LOST_AFTER = timedelta(minutes=15)
"""A message whose job did nothing of it for so long is given another one: the worker that had it died."""


def notify(
    db: Session,
    tools: Tools,
    kind: NoticeKind,
    channel: Channel,
    *,
    account_id: int | None = None,
    to: str | None = None,
    values: dict[str, Any] | None = None,
    secret: dict[str, str] | None = None,
    language: str | None = None,
) -> Notification:
    """One message by one channel, at once, whatever the member prefers: codes and security.

    `to`: an address or number other than the account's own (the old one, say). With neither `to` nor `account_id` it
    goes to nobody, at the same price. `values` are for the template and hold nothing personal; `secret` is what only
    the message may hold (a code, the end of a link), encrypted until it is sent, then forgotten. `language`: that of
    the page one is on, where there is one; None: the account's.
    """
    now = tools.now()
    account_s = select(Account.language).where(Account.id == account_id)
    row = Notification(
        kind=kind.value,
        channel=channel.value,
        account_id=account_id,
        target=tools.cipher.encrypt(to) if to else None,
        values=values or {},
        secret=tools.cipher.encrypt(json.dumps(secret)) if secret else None,
        language=language or func.coalesce(account_s.scalar_subquery(), "fr"),
        state="waiting" if to or account_id else "nobody",
        created_at=now,
        send_after=now,
    )
    db.add(row)
    db.flush()  # the job names it
    hand_over(db, tools, row)
    return row


def hand_over(db: Session, tools: Tools, row: Notification, at: datetime | None = None) -> None:
    """Give this message to the worker, now or at that instant."""
    row.send_after = (at or tools.now()) + LOST_AFTER
    tools.jobs.defer(db, SEND, at=at, notification_id=row.id)
