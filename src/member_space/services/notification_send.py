"""The worker's part: a message is written in its language, handed over, and what became of it is kept.

Each message is a job of its own, so that one that cannot leave holds no other up (R28). What became of it is in its
row: `sent`; `waiting` for its next try; `failed` after the last one, or when it cannot be written; `bounced` when its
address was refused, then or later (services/mail_outcome). The last two are the dead letters, which
`member-space notifications dead` lists.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from member_space.domain.notices import CODE_USEFUL_FOR, NOTICES, Channel, NoticeKind, is_night, out_of_night
from member_space.interfaces import DeliveryError, IMailer, ISmsGateway, OutgoingMail
from member_space.models import Account, Notification, Person
from member_space.services.notification import hand_over
from member_space.services.notification_text import write_mail, write_sms
from member_space.services.reply_token import reply_address
from member_space.services.tools import Tools

log = structlog.get_logger(__name__)

TRIES = 8
"""The second comes 3 s after the first, then 9, 27… the last 36 minutes after the one before."""


class UnwritableError(Exception):
    """The message itself cannot be made; the text says why, without what it was to hold."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """`address`: where it goes, None when there is nowhere. `own`: it is the account's own, as it is now."""

    address: str | None
    own: bool


def send(db: Session, tools: Tools, notification_id: int) -> None:
    """Send a message that waits; nothing when it left, is leaving, or is wanted no more.

    Two workers on the same message: the second finds its row taken, and leaves it. What cannot be excluded is that
    the process dies between the server's « yes » and our commit: the message then leaves again, under the same id,
    by which the next server may know it. A failure is written, not raised: it is committed with its next try.
    """
    row = db.scalar(
        select(Notification)
        .where(
            Notification.id == notification_id,
            Notification.state == "waiting",
            Notification.read_at.is_(None),  # there is nothing left to tell
        )
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return
    now = tools.now()
    if not NOTICES[NoticeKind(row.kind)].urgent and is_night(now):
        row.send_after = out_of_night(now)
        return
    row.attempts += 1
    receiver = _receiver(db, tools, row)
    try:
        leave = _written(tools, row, receiver, now)
    except UnwritableError as error:
        _give_up(row, "failed", str(error))
        return
    try:
        leave()
    except DeliveryError as error:
        if error.final:
            _give_up(row, "bounced", str(error))
            _note_bounce(db, row, receiver, now)
        else:
            _wait_or_give_up(db, tools, row, str(error), now)
    except Exception as error:  # what the adapter did not foresee; its text may quote the address
        _wait_or_give_up(db, tools, row, type(error).__name__, now)
    else:
        row.state, row.sent_at, row.last_error, row.secret = "sent", now, None, None
        if not tools.settings.mail.bounce_queue:  # else it is only taken: the queue tells whether it arrived
            _note_bounce(db, row, receiver, None)


def _receiver(db: Session, tools: Tools, row: Notification) -> Receiver:
    """Where it goes now: a member who changed his address since is written to at the new one, and one who closed his
    account at none of his own.
    """
    # A code only goes to a number that proved itself.
    proved = NOTICES[NoticeKind(row.kind)].holds_code
    mobile = Account.mobile if proved else func.coalesce(Account.mobile, Person.mobile)
    own = db.scalar(
        select(Account.email if row.channel == Channel.EMAIL else mobile)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(Account.id == row.account_id, Account.closed_at.is_(None))
    )
    given = tools.cipher.decrypt(row.target) if row.target else None
    return Receiver(given or own, own=given in (None, own))


def _written(tools: Tools, row: Notification, receiver: Receiver, now: datetime) -> Callable[[], None]:
    """The message, ready to be handed over. Raises UnwritableError."""
    kind, to = NoticeKind(row.kind), receiver.address
    if to is None:
        raise UnwritableError("no address")
    if kind is NoticeKind.CODE and now > row.created_at + CODE_USEFUL_FOR:
        raise UnwritableError("the code is spent")
    try:
        secret = json.loads(tools.cipher.decrypt(row.secret)) if row.secret else {}
        if row.channel == Channel.SMS:
            text = write_sms(tools.settings, kind, row.language, row.values, secret)
            return partial(tools.find(ISmsGateway).send, to, text, str(row.public_id))
        mail = write_mail(tools.settings, kind, row.language, to, row.values, secret)
        reply_to = reply_address(tools, row, secret)
        # The next try is answered at the same address.
        row.secret = tools.cipher.encrypt(json.dumps(secret)) if secret else None
        follows = secret.get("in_reply_to") or None
        outgoing = OutgoingMail(to, mail.subject, mail.text, mail.html, str(row.public_id), reply_to, follows)
        return partial(tools.find(IMailer).send, outgoing)
    except Exception as error:
        log.exception("message cannot be written", kind=row.kind, channel=row.channel)
        raise UnwritableError(f"cannot be written: {type(error).__name__}") from error


def _wait_or_give_up(db: Session, tools: Tools, row: Notification, reason: str, now: datetime) -> None:
    if row.attempts >= TRIES:
        _give_up(row, "failed", reason)
        return
    row.last_error = reason
    hand_over(db, tools, row, now + timedelta(seconds=3**row.attempts))


def _give_up(row: Notification, state: str, reason: str) -> None:
    """A dead letter. Its code is forgotten: sent one day, it would be spent."""
    row.state, row.last_error, row.secret = state, reason, None
    log.warning("message not delivered", kind=row.kind, channel=row.channel, state=state, reason=reason)


def _note_bounce(db: Session, row: Notification, receiver: Receiver, at: datetime | None) -> None:
    """Since when the account's own address receives nothing; None: it does, and the banner goes."""
    if row.channel != Channel.EMAIL or not receiver.own or row.account_id is None:
        return
    ours = update(Account).where(Account.id == row.account_id, Account.email == receiver.address)
    changed = Account.email_bounced_at.is_(None) if at else Account.email_bounced_at.is_not(None)
    db.execute(ours.where(changed).values(email_bounced_at=at))
