"""What became of the mails after they were taken: an address that bounces is marked, one that receives again is not."""

from functools import partial
from uuid import UUID

import structlog
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from member_space.domain.mail_bounce import Bounce
from member_space.domain.notices import Channel
from member_space.interfaces import IMailOutcomes, MailOutcome
from member_space.models import Account, Notification
from member_space.services.contact_points import read_email
from member_space.services.tools import Tools

log = structlog.get_logger(__name__)


def take_outcomes(db: Session, tools: Tools) -> None:
    """Read the queue, where there is one, and mark the accounts; what was read leaves the queue after the commit.

    It comes again if the commit fails, or if it cannot leave: told twice, it changes nothing more.
    """
    if not tools.settings.mail.bounce_queue:
        return
    queue = tools.find(IMailOutcomes)
    try:
        outcomes, receipts = queue.take()
    except ConnectionError as fault:
        log.error("what became of the mails cannot be read", reason=str(fault))
        return
    if not receipts:
        return
    _note_messages(db, outcomes)  # before the accounts: the sending locks in that order
    _note_addresses(db, outcomes)
    event.listen(db, "after_commit", partial(_forget, queue, receipts), once=True)


def take_bounce(db: Session, tools: Tools, bounce: Bounce) -> bool:
    """A report of a mail server; False for one of no mail of ours to that address: then it marks nothing.

    Whoever writes such a report himself needs the random number of a mail that only its reader has, and marks himself.
    """
    sent = select(Account.email).join(Notification, Notification.account_id == Account.id)
    address = db.scalar(sent.where(Notification.public_id == _uuid(bounce.message_id)))
    if address is None or address != _as_kept(bounce.address):
        return False
    outcome = MailOutcome(address, bounced=True, at=tools.now(), message_id=bounce.message_id)
    _note_messages(db, [outcome])
    _note_addresses(db, [outcome])
    return True


def _forget(queue: IMailOutcomes, receipts: list[str], _db: Session) -> None:
    try:
        queue.forget(receipts)
    except ConnectionError as fault:
        log.error("outcomes of mails stay in their queue", reason=str(fault))


def _note_messages(db: Session, outcomes: list[MailOutcome]) -> None:
    """The mails that came back are dead letters; what was important leaves by SMS."""
    ids = [one for outcome in outcomes if outcome.bounced and (one := _uuid(outcome.message_id))]
    came_back = Notification.public_id.in_(ids), Notification.channel == Channel.EMAIL.value
    db.execute(
        update(Notification)
        # `waiting`: taken, and the transaction that sends it is not over.
        .where(*came_back, Notification.state.in_(("sent", "waiting")))
        .values(state="bounced", last_error="the mail came back", secret=None)
        .execution_options(synchronize_session=False)
    )


def _note_addresses(db: Session, outcomes: list[MailOutcome]) -> None:
    """The last outcome of each address counts, for the account whose address it still is."""
    last = {_as_kept(one.address): one for one in sorted(outcomes, key=lambda one: one.at)}
    for address, outcome in sorted(last.items()):
        mark = update(Account).where(Account.email == address).execution_options(synchronize_session=False)
        if outcome.bounced:
            db.execute(mark.where(Account.email_bounced_at.is_(None)).values(email_bounced_at=outcome.at))
        else:
            db.execute(mark.where(Account.email_bounced_at < outcome.at).values(email_bounced_at=None))


def _as_kept(address: str) -> str:
    """As accounts hold it: in lower case, the domain in its own letters."""
    try:
        return read_email(address)
    except ValueError:
        return address.lower()


def _uuid(message_id: str | None) -> UUID | None:
    try:
        return UUID(message_id) if message_id else None
    except ValueError:
        return None
