"""What the product tells people outside its pages, by which channel, and how much of a choice they have.

No message holds a health word, an amount or a name (C148): it says that there is something to see.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from member_space.domain.opening_hours import PARIS

GROUPED_WITHIN = timedelta(minutes=10)
"""How long what is not urgent waits for more of its kind: one message then tells them all."""
REPEATED_AFTER = timedelta(hours=3)
"""An important mail that nobody came to read is repeated by SMS."""
NIGHT, MORNING = time(21), time(8)
"""Between them, in Paris, nothing leaves that is not urgent."""
DIGEST_AT = time(18)
"""In Paris, the one mail a day of who asked for it."""
CODE_USEFUL_FOR = timedelta(minutes=10)
"""A code that could not leave sooner would arrive spent."""


class Channel(StrEnum):
    """How a message leaves."""

    EMAIL = "email"
    SMS = "sms"


class Category(StrEnum):
    """A line of the member's preferences; SECURITY and LEGAL cannot be turned off."""

    SECURITY = "security"
    LEGAL = "legal"
    REIMBURSEMENTS = "reimbursements"
    TELETRANSMISSION = "teletransmission"
    REQUESTS = "requests"


@dataclass(frozen=True, slots=True)
class Notice:
    """`important`: repeated by SMS when unread after three hours. `urgent`: neither grouped nor kept till morning.
    `holds_code`: its message holds a code, forgotten once it left or could not: it is never sent again."""

    category: Category
    important: bool = False
    urgent: bool = False
    holds_code: bool = False


class NoticeKind(StrEnum):
    """Every message; its value names its templates, in `templates/emails/<value>/` and `templates/sms/`."""

    CODE = "code"
    ACCOUNT_ACTIVATED = "account_activated"
    ACCOUNT_EXISTS = "account_exists"
    NEW_DEVICE = "new_device"
    PASSWORD_CHANGED = "password_changed"
    EMAIL_REMINDER = "email_reminder"
    FACTOR_CHANGED = "factor_changed"
    ACCESS_GIVEN = "access_given"
    DATA_CHANGED = "data_changed"
    BANK_ACCOUNT_CHANGED = "bank_account_changed"
    RECOVERY_GRANTED = "recovery_granted"
    INVITATION = "invitation"
    CARD_SENT = "card_sent"
    EXPORT_READY = "export_ready"
    ACCOUNT_CLOSING = "account_closing"
    ACCOUNT_CLOSED = "account_closed"
    BREACH_DECLARED = "breach_declared"
    ERASING_SOON = "erasing_soon"
    CONTRACT_DOCUMENT = "contract_document"
    CARD_CHANGED = "card_changed"
    NEW_REIMBURSEMENT = "new_reimbursement"
    TELETRANSMISSION_CHANGED = "teletransmission_changed"
    REQUEST_RECEIVED = "request_received"
    REQUEST_WRITTEN_FOR_YOU = "request_written_for_you"
    REQUEST_ANSWERED = "request_answered"
    REQUEST_PIECE_ASKED = "request_piece_asked"
    REQUEST_PIECE_REMINDED = "request_piece_reminded"
    REQUEST_DECIDED = "request_decided"
    REQUEST_CLOSED = "request_closed"
    REQUEST_FILE_REFUSED = "request_file_refused"
    DRAFT_WAITS = "draft_waits"
    REPLY_RECEIVED = "reply_received"
    WEBHOOK_DISABLED = "webhook_disabled"
    DIGEST = "digest"


_SECURITY = Notice(Category.SECURITY, urgent=True)
_WITH_CODE = Notice(Category.SECURITY, urgent=True, holds_code=True)

NOTICES: dict[NoticeKind, Notice] = {
    NoticeKind.CODE: _WITH_CODE,
    NoticeKind.ACCOUNT_ACTIVATED: _SECURITY,
    NoticeKind.ACCOUNT_EXISTS: _SECURITY,
    NoticeKind.NEW_DEVICE: _WITH_CODE,
    NoticeKind.PASSWORD_CHANGED: _WITH_CODE,
    NoticeKind.EMAIL_REMINDER: _SECURITY,
    NoticeKind.FACTOR_CHANGED: _WITH_CODE,
    NoticeKind.ACCESS_GIVEN: _WITH_CODE,
    NoticeKind.DATA_CHANGED: _WITH_CODE,
    NoticeKind.BANK_ACCOUNT_CHANGED: _WITH_CODE,
    NoticeKind.RECOVERY_GRANTED: _SECURITY,
    NoticeKind.INVITATION: _SECURITY,
    NoticeKind.CARD_SENT: _WITH_CODE,
    NoticeKind.EXPORT_READY: Notice(Category.LEGAL, urgent=True),
    NoticeKind.ACCOUNT_CLOSING: Notice(Category.LEGAL, important=True),
    NoticeKind.ACCOUNT_CLOSED: Notice(Category.LEGAL, urgent=True),
    NoticeKind.BREACH_DECLARED: Notice(Category.LEGAL, important=True, urgent=True),
    # Urgent, so that two days are never told as one.
    NoticeKind.ERASING_SOON: Notice(Category.LEGAL, urgent=True),
    # A member is told of what changes in his guarantees (Code de la mutualité, article L. 221-6).
    NoticeKind.CONTRACT_DOCUMENT: Notice(Category.LEGAL),
    # It follows from what changes in the contract; the card that he shows would be refused.
    NoticeKind.CARD_CHANGED: Notice(Category.LEGAL),
    NoticeKind.NEW_REIMBURSEMENT: Notice(Category.REIMBURSEMENTS),
    NoticeKind.TELETRANSMISSION_CHANGED: Notice(Category.TELETRANSMISSION, important=True),
    NoticeKind.REQUEST_RECEIVED: Notice(Category.REQUESTS, urgent=True),
    # Whatever was chosen: who never called must know of it.
    NoticeKind.REQUEST_WRITTEN_FOR_YOU: _SECURITY,
    NoticeKind.REQUEST_ANSWERED: Notice(Category.REQUESTS, important=True),
    NoticeKind.REQUEST_PIECE_ASKED: Notice(Category.REQUESTS, important=True),
    NoticeKind.REQUEST_PIECE_REMINDED: Notice(Category.REQUESTS),
    NoticeKind.REQUEST_DECIDED: Notice(Category.REQUESTS, important=True),
    NoticeKind.REQUEST_CLOSED: Notice(Category.REQUESTS),
    NoticeKind.REQUEST_FILE_REFUSED: Notice(Category.REQUESTS, important=True),
    NoticeKind.DRAFT_WAITS: Notice(Category.REQUESTS),
    NoticeKind.REPLY_RECEIVED: Notice(Category.REQUESTS, urgent=True),
    # Of the office: whoever looks after applications.
    NoticeKind.WEBHOOK_DISABLED: _SECURITY,
    # Of any category: it stands for what was announced, and is never announced itself.
    NoticeKind.DIGEST: Notice(Category.REQUESTS, urgent=True),
}

ABOUT_A_REQUEST = frozenset(
    {
        NoticeKind.REQUEST_RECEIVED,
        NoticeKind.REQUEST_WRITTEN_FOR_YOU,
        NoticeKind.REQUEST_ANSWERED,
        NoticeKind.REQUEST_PIECE_ASKED,
        NoticeKind.REQUEST_PIECE_REMINDED,
        NoticeKind.REQUEST_DECIDED,
        NoticeKind.REQUEST_CLOSED,
        NoticeKind.REQUEST_FILE_REFUSED,
    }
)
"""What leads to the page of one request, which answers all of them."""

LOCKED = frozenset({Category.SECURITY, Category.LEGAL})
"""What every account is told by mail, whatever was chosen: its safety, and what the law has us tell."""

DEFAULTS = {Channel.EMAIL: True, Channel.SMS: False}
"""What holds by channel while the member has not chosen."""


def is_night(at: datetime) -> bool:
    """Whether only what is urgent may leave at this instant. Raises ValueError without a time zone."""
    if at.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    hour = at.astimezone(PARIS).time()
    return hour >= NIGHT or hour < MORNING


def out_of_night(at: datetime) -> datetime:
    """This instant, or the morning that ends its night: eight o'clock on that day's own offset."""
    if not is_night(at):
        return at
    here = at.astimezone(PARIS)
    day = here.date() + timedelta(days=1) if here.time() >= NIGHT else here.date()
    return datetime.combine(day, MORNING, PARIS).astimezone(at.tzinfo)


def waits_for_digest(notice: Notice) -> bool:
    """Whether it can wait for the one mail a day of who asked for it."""
    return not (notice.urgent or notice.important or notice.category in LOCKED)


def next_digest(at: datetime) -> datetime:
    """The next time, in Paris, that the mail of the day leaves. Raises ValueError without a time zone."""
    if at.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    here = at.astimezone(PARIS)
    day = here.date() if here.time() < DIGEST_AT else here.date() + timedelta(days=1)
    return datetime.combine(day, DIGEST_AT, PARIS).astimezone(at.tzinfo)


def leaves_at(notice: Notice, at: datetime, *, digest: bool = False) -> datetime:
    """When a message asked for at this instant may leave: at once when urgent, else grouped, and never at night.

    `digest`: it is for one who asked for one mail a day.
    """
    if digest and waits_for_digest(notice):
        return next_digest(at)
    return at if notice.urgent else out_of_night(at + GROUPED_WITHIN)


CHOSEN = tuple(category for category in Category if category not in LOCKED)
"""The categories that a member chooses of."""
LANGUAGES = ("fr", "en")
"""Those that messages are written in."""
