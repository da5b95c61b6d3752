"""What a member has not read yet, counted from the messages: a counter kept beside them would be wrong (C99)."""

from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.orm import Session

from member_space.models import Breach, BreachPerson, Message, Request


def unread_of(person_id: Any) -> ScalarSelect[int]:
    """The number of messages that this person (a value, or a column of the statement around) has not read."""
    return _unread(person_id).scalar_subquery()


def unread_in_request(person_id: Any) -> ScalarSelect[int]:
    """The same, of the request of the statement around."""
    return _unread(person_id).where(Message.request_id == Request.id).correlate(Request).scalar_subquery()


def _unread(person_id: Any) -> Select[tuple[int]]:
    # The words of the partial index ix__message__unread_by_member.
    return (
        select(func.count())
        .select_from(Message)
        .where(Message.author_person_id == person_id, Message.side != "member", Message.read_at.is_(None))
    )


def unread_breach_of(person_id: Any) -> ScalarSelect[UUID]:
    """The public id of the last breach of which this person (as above) has not read the page."""
    last = select(Breach.public_id).join(BreachPerson, BreachPerson.breach_id == Breach.id)
    return (
        last.where(BreachPerson.told_person_id == person_id, BreachPerson.read_at.is_(None))
        .order_by(Breach.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def unread_count(db: Session, person_id: int) -> int:
    """The same, by one statement of its own."""
    return db.scalar(select(unread_of(person_id))) or 0
