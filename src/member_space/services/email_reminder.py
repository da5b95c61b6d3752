"""An address forgotten: the account's is recalled, masked, where the person is known already (C15, R20).

Somebody who gives a member number and a birth date learns nothing on the screen, whoever he is: what is said is said
by mail to the address itself, and by SMS to the mobile.
"""

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from member_space.domain.notices import Channel, NoticeKind
from member_space.models import Account, CodeSending, Contract, Coverage, Person
from member_space.services.contact_points import can_get_sms, masked_email
from member_space.services.notification import notify
from member_space.services.throttling import TooManyTries, network_of
from member_space.services.tools import Origin, Tools

WINDOW = timedelta(hours=1)
PER_PERSON, PER_NETWORK, PER_NETWORK_UNPROVED = 3, 20, 5
"""Reminders an hour: for one number and date from one network, and from one network in all."""
DAY = timedelta(days=1)
PER_PERSON_DAY = 10
"""For one number and date from all networks: each may cost an SMS, and rings a telephone."""


def remind_email(
    db: Session,
    tools: Tools,
    member_number: str,
    birth_date: date,
    origin: Origin,
    *,
    proved: bool,
    language: str,
) -> None:
    """Recall the address of the account of this person, if there is one. Raises TooManyTries."""
    network = network_of(origin.ip)
    index = tools.cipher.blind_index(f"reminder:{member_number}:{birth_date}")
    _count(db, tools, index, network, proved=proved)
    # Twins have one birth date: each is told his own; nobody is told as much as one.
    for account, mobile in _accounts(db, member_number, birth_date) or [(None, None)]:
        _tell(db, tools, account, mobile, language)


def _accounts(db: Session, member_number: str, birth_date: date) -> list[tuple[Account | None, str | None]]:
    """The open accounts of the persons of this contract born that day, each with the mobile to tell."""
    rows = db.execute(
        select(Account, Person.mobile)
        .join(Person, Person.id == Account.person_id)
        .where(
            Account.closed_at.is_(None),
            Person.birth_date == birth_date,
            Person.id.in_(
                select(Coverage.person_id)
                .join(Contract, Contract.id == Coverage.contract_id)
                .where(Contract.member_number == member_number)
            ),
        )
        .order_by(Account.id)
    )
    return [(account, account.mobile or mobile) for account, mobile in rows]


def _tell(db: Session, tools: Tools, account: Account | None, mobile: str | None, language: str) -> None:
    masked = masked_email(account.email if account else "n@e.fr")
    number = mobile if mobile and can_get_sms(mobile) else None
    for channel, to in ((Channel.EMAIL, account.email if account else None), (Channel.SMS, number)):
        notify(
            db,
            tools,
            NoticeKind.EMAIL_REMINDER,
            channel,
            account_id=account.id if account and to else None,
            to=to,
            values={"masked": masked},
            language=language,
        )


def _count(db: Session, tools: Tools, index: bytes, network: str, *, proved: bool) -> None:
    """Count this one with the codes of its network, known or not; tries of one person or network follow each other."""
    for name in (index.hex(), network):
        db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"reminder:{name}", 0))))
    now = tools.now()
    mine, here = CodeSending.target_index == index, CodeSending.network == network
    for which, window, limit in (
        (mine & here, WINDOW, PER_PERSON),
        (here, WINDOW, PER_NETWORK if proved else PER_NETWORK_UNPROVED),
        (mine, DAY, PER_PERSON_DAY),
    ):
        oldest = db.scalar(
            select(CodeSending.sent_at)
            .where(which, CodeSending.sent_at > now - window)
            .order_by(CodeSending.sent_at.desc())
            .offset(limit - 1)
            .limit(1)
        )
        if oldest:
            raise TooManyTries(oldest + window - now)
    db.add(CodeSending(channel=Channel.EMAIL.value, target_index=index, network=network, sent_at=now))
    db.flush()
