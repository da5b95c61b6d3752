"""What the law has us tell and that nobody read in ten days, by any channel: to be said by letter (C150)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from member_space.domain.notices import NOTICES, Category
from member_space.models import Account, Notification, Person
from member_space.services.tools import Tools

LETTER_AFTER = timedelta(days=10)
LEGAL = [kind.value for kind, notice in NOTICES.items() if notice.category is Category.LEGAL and notice.important]
"""What has an effect in law and is important: a closing under way, a leak of data."""


@dataclass(frozen=True, slots=True)
class LetterTask:
    """A letter to write. `person_ref`: the number in the feed of households, by which the office finds the address."""

    kind: str
    told_at: datetime
    person_ref: str
    name: str
    address: tuple[str, ...]


def letters_due(db: Session, tools: Tools) -> list[LetterTask]:
    """The unread ones of each member of today, once a message whatever its channels, the oldest first."""
    until = tools.now() - LETTER_AFTER
    read = aliased(Notification)
    # Read by another channel is read: they lead to the same page.
    elsewhere = exists().where(
        read.account_id == Notification.account_id,
        read.kind == Notification.kind,
        read.read_at >= Notification.created_at,
    )
    query = (
        select(Notification.kind, Notification.created_at, Person)
        .join(Account, Account.id == Notification.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(
            Notification.kind.in_(LEGAL),
            Notification.channel == "email",
            Notification.read_at.is_(None),
            Notification.created_at <= until,
            Account.closed_at.is_(None),
            ~elsewhere,
        )
        .order_by(Notification.created_at, Notification.id)
    )
    found: dict[tuple[str, int], LetterTask] = {}
    for kind, told_at, person in db.execute(query):
        lines = (person.address_line1, person.address_line2, f"{person.postcode or ''} {person.city or ''}".strip())
        address = tuple(line for line in lines if line)
        task = LetterTask(kind, told_at, person.external_ref, f"{person.first_name} {person.last_name}", address)
        found.setdefault((kind, person.id), task)
    return list(found.values())
