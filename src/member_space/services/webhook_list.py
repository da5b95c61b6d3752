"""What was sent to a target, for who looks after it: the latest first, never the answer's body."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.models import WebhookDelivery
from member_space.services.webhook import Target

PAGE = 50


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event. ``status``: answered to the last try; None: it had no answer, for `last_error`, or was not tried."""

    id: int
    public_id: UUID
    news: str
    state: str
    attempts: int
    status: int | None
    last_error: str | None
    created_at: datetime
    send_after: datetime
    tried_at: datetime | None


def deliveries(db: Session, target: Target, before: int | None = None) -> tuple[list[Delivery], int | None]:
    """A page of them, older than the id ``before``, and the id that the next one is asked with; one statement."""
    columns = [getattr(WebhookDelivery, name) for name in Delivery.__dataclass_fields__]
    query = select(*columns).where(WebhookDelivery.target_id == target.id)
    if before is not None:
        query = query.where(WebhookDelivery.id < before)
    rows = db.execute(query.order_by(WebhookDelivery.id.desc()).limit(PAGE + 1)).all()
    found = [Delivery(**row._mapping) for row in rows[:PAGE]]
    return found, found[-1].id if len(rows) > PAGE else None
