"""The messages of a member's threads, his own and the office's: https://hl7.org/fhir/R4/communication.html."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from member_space.domain.request import Side
from member_space.models import Message, Request
from member_space.services.fhir.asked import about, page_of, seen
from member_space.services.fhir.claim import NUMBER
from member_space.services.fhir.parts import Page, Resource, Search, instant, patient
from member_space.services.household import Household


def communications(db: Session, household: Household, search: Search, insurer: str) -> Page:
    """The latest first; one statement. Reading them here does not mark them as read."""
    return page_of(db, _sent(household, search), Message, search, lambda row: _communication(household, row, insurer))


def find_communication(db: Session, household: Household, public_id: UUID, insurer: str) -> Resource | None:
    """The message of this id in a thread of the viewer's."""
    row = db.execute(_sent(household, Search()).where(Message.public_id == public_id)).one_or_none()
    return _communication(household, row, insurer) if row else None


def _sent(household: Household, search: Search) -> Select[Any]:
    query = select(Message, Request.number, Request.person_id).join(Request, Request.id == Message.request_id)
    return query.where(Request.sent_at.is_not(None), *seen(household, Message, search, Request.person_id))


def _communication(household: Household, row: Row[Any], insurer: str) -> Resource:
    message: Message = row.Message
    whom = patient(household, about(household, message, row.person_id))
    member, office = patient(household, message.author_person_id), {"display": insurer}
    own = message.side == Side.MEMBER.value
    return {
        "resourceType": "Communication",
        "id": str(message.public_id),
        "status": "completed",
        "subject": whom,
        "about": [{"identifier": {"system": NUMBER, "value": row.number}}],
        "sent": instant(message.sent_at),
        "sender": member if own else office,
        "recipient": [office if own else member],
        "payload": [{"contentString": message.body}] if message.body.strip() else [],
    }
