"""What is done with a reply by mail: it is answered by the way to the page, or enters its thread (C100).

A mail is not safe, so the page stays the way: nothing is ever told here but where it is. Nothing of a stranger's mail
enters anything; whoever answers one of ours from his own address is told at most once a day.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from io import BytesIO
from uuid import NAMESPACE_OID, UUID, uuid5

import structlog
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from member_space.domain.attachment import AS_TAKEN, Refusal, SentFile, clean_name
from member_space.domain.mail_reply import Incoming, own_words, token_in
from member_space.domain.notices import Channel, NoticeKind
from member_space.domain.request import MESSAGE_MAX, NotAllowed, Side
from member_space.models import Account, Notification, ReceivedMail, Request
from member_space.services.contact_points import read_email
from member_space.services.notification import notify
from member_space.services.request import Actor
from member_space.services.request_thread import reply
from member_space.services.sessions import hash_token
from member_space.services.tools import Tools

log = structlog.get_logger(__name__)

TOKEN_LIFE = timedelta(days=90)
"""How long the address of a notification takes replies."""
ANSWERED_ONCE_IN = timedelta(days=1)
FILES_ALONE = {"fr": "Voici les documents.", "en": "Here are the documents."}
CUT = {"fr": "[Le texte cité a été retiré.]", "en": "[The quoted text was left out.]"}


class Outcome(StrEnum):
    """What became of a mail. SPARED: its sender was answered today already. AGAIN: it was treated before."""

    AUTOMATIC = "automatic"
    UNKNOWN = "unknown"
    SPARED = "spared"
    ANSWERED = "answered"
    ENTERED = "entered"
    AGAIN = "again"


class Why(StrEnum):
    """What the automatic answer says."""

    UNREAD = "unread"
    """Nobody reads replies by mail: the page takes them."""
    NOT_TAKEN = "not_taken"
    """It could not enter the thread: too long, too large, or nothing that can be read."""
    FILES = "files"
    """The words entered; files did not."""


@dataclass(frozen=True, slots=True)
class Thread:
    """What a token stands for."""

    account: Account
    request: Request


def receive(
    db: Session, tools: Tools, incoming: Incoming, recipients: Sequence[str] = (), *, enter: bool = True
) -> Outcome:
    """One mail, once. `recipients`: of the envelope. `enter`: False where entering its thread failed already."""
    incoming = replace(incoming, sender=_address(incoming.sender), to=(*recipients, *incoming.to))
    fingerprint = sha256(incoming.fingerprint + (incoming.sender or "").encode()).digest()
    index = tools.cipher.blind_index(incoming.sender) if incoming.sender else None
    # Two mails of one sender at once, or one mail twice, wait for each other here.
    db.execute(text("select pg_advisory_xact_lock(hashtextextended(encode(:of, 'hex'), 6546))"), {"of": index or b""})
    if db.scalar(select(ReceivedMail.id).where(ReceivedMail.fingerprint == fingerprint)) is not None:
        return Outcome.AGAIN
    outcome = _treat(db, tools, incoming, index, enter=enter)
    written = {"fingerprint": fingerprint, "sender_index": index, "outcome": outcome.value, "at": tools.now()}
    db.execute(insert(ReceivedMail).values(written))
    log.info("a mail is received", outcome=outcome.value)
    return outcome


def _treat(db: Session, tools: Tools, incoming: Incoming, index: bytes | None, *, enter: bool) -> Outcome:
    """`index`: its sender's."""
    sender, mail = incoming.sender, tools.settings.mail
    if sender is None or incoming.automatic or _is_ours(tools, sender):
        return Outcome.AUTOMATIC
    token = token_in(incoming.to, mail.reply_mailbox or "")
    thread = _thread_of(db, tools, token) if token else None
    account = db.scalar(select(Account).where(Account.email == sender, Account.closed_at.is_(None)))
    if thread is None and account is None:
        return Outcome.UNKNOWN
    own = thread if thread and account and thread.account.id == account.id else None
    why: Why | None = Why.UNREAD
    if own and mail.replies == "thread":
        why = _enter(db, tools, own, incoming) if enter else Why.NOT_TAKEN
    if why is None:
        return Outcome.ENTERED
    if why is Why.UNREAD and _answered_today(db, tools, index):
        return Outcome.SPARED
    _answer(db, tools, account, incoming, why, f"/demandes/{own.request.public_id}" if own else "/messages")
    return Outcome.ENTERED if why is Why.FILES else Outcome.ANSWERED


def _enter(db: Session, tools: Tools, thread: Thread, incoming: Incoming) -> Why | None:
    """Into the thread, by the door that the page has; None: all of it entered, and there is nothing to say."""
    language = "en" if thread.account.language == "en" else "fr"
    words = own_words(incoming.text or "", CUT[language])
    if words in ("", CUT[language]):
        words = FILES_ALONE[language] if incoming.files else ""
    if not words or len(words) > MESSAGE_MAX:
        return Why.NOT_TAKEN
    actor = Actor(Side.MEMBER, thread.account.id)
    key = uuid5(NAMESPACE_OID, incoming.fingerprint.hex())
    files = [_file(name, data) for name, data in incoming.files]
    try:
        sent = reply(db, tools, thread.request, actor, words, key=key, files=files)
    except NotAllowed:
        return Why.NOT_TAKEN
    return Why.FILES if sent.refused or incoming.unread else None


def _file(name: str, data: bytes) -> SentFile:
    refused = Refusal.TOO_BIG if len(data) > AS_TAKEN else None
    return SentFile(clean_name(name), BytesIO(data), len(data), sha256(data).digest(), refused)


def _answer(db: Session, tools: Tools, account: Account | None, incoming: Incoming, why: Why, link: str) -> None:
    """The automatic answer; that it follows a mail is in its headers (RFC 3834, 3.1)."""
    notify(
        db,
        tools,
        NoticeKind.REPLY_RECEIVED,
        Channel.EMAIL,
        account_id=account.id if account else None,
        to=None if account else incoming.sender,
        values={"why": why.value, "link": link},
        secret={"in_reply_to": incoming.message_id or ""},
    )


def _answered_today(db: Session, tools: Tools, index: bytes | None) -> bool:
    """Whether this sender was answered within a day: two machines that answer each other stop there."""
    since = tools.now() - ANSWERED_ONCE_IN
    told = select(ReceivedMail.id).where(
        ReceivedMail.sender_index == index, ReceivedMail.outcome == Outcome.ANSWERED.value, ReceivedMail.at > since
    )
    return db.scalar(told.limit(1)) is not None


def _thread_of(db: Session, tools: Tools, token: str) -> Thread | None:
    """The open account that was written to, and its request."""
    query = (
        select(Account, Notification.values["link"].astext)
        .join(Notification, Notification.account_id == Account.id)
        .where(Notification.reply_hash == hash_token(token), Notification.created_at > tools.now() - TOKEN_LIFE)
    )
    row = db.execute(query.where(Account.closed_at.is_(None))).first()
    if row is None:
        return None
    account, link = row._tuple()
    theirs = Request.author_person_id == account.person_id, Request.public_id == UUID(link.rpartition("/")[2])
    request = db.scalar(select(Request).where(*theirs))
    return Thread(account, request) if request else None


def _address(written: str | None) -> str | None:
    """As accounts hold it."""
    try:
        return read_email(written) if written else None
    except ValueError:
        return None


def _is_ours(tools: Tools, sender: str) -> bool:
    """Our own sender, or a reply address: answering it would be a loop."""
    mail = tools.settings.mail
    local, _, domain = (mail.reply_mailbox or "").lower().partition("@")
    name, _, host = sender.partition("@")
    ours = mail.sender.rpartition("<")[2].strip("> ").lower()
    return sender == ours or (host == domain and name.partition("+")[0] == local)
