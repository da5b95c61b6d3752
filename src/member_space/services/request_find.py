"""One request of a member, or what is asked in it: by its id, or by the form that it came from."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.request import Gone
from member_space.models import AskedPiece, Request
from member_space.services.household import Household


def find_request(db: Session, household: Household, public_id: UUID) -> Request | None:
    """The request of this id that the viewer wrote; somebody else's is as unknown as a wrong one."""
    return db.scalar(
        select(Request).where(Request.public_id == public_id, Request.author_person_id == household.viewer_id)
    )


def read_again(db: Session, request: Request, *, lock: bool = False) -> None:
    """The row as it is now, ``lock``: until this transaction ends. What was changed in it here is written first.

    Raises Gone where it was erased since it was read.
    """
    db.flush()
    query = select(Request).where(Request.id == request.id)
    query = query.with_for_update(of=Request) if lock else query
    if db.scalar(query.execution_options(populate_existing=True)) is None:
        raise Gone


def find_asked_piece(db: Session, request: Request, public_id: UUID) -> AskedPiece | None:
    """What the office asked for in this request and still awaits."""
    return db.scalar(
        select(AskedPiece).where(
            AskedPiece.public_id == public_id, AskedPiece.request_id == request.id, AskedPiece.answered_at.is_(None)
        )
    )


def sent_with(db: Session, author_person_id: int, key: UUID) -> Request | None:
    """The request that this form already sent: a second click, the back button, a resubmission (R14)."""
    return db.scalar(
        select(Request).where(Request.idempotency_key == key, Request.author_person_id == author_person_id)
    )
