"""Who has a request open: shown to the colleagues, and forgotten by itself two minutes after the last sign of life.

Never a lock: it warns before two people do the same work; the version check is what keeps them from it (R11).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from member_space.models import Account, RequestPresence
from member_space.services.tools import Tools

LEASE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Present:
    """A colleague who looks at the same request, and since when."""

    name: str
    since: datetime


def be_present(db: Session, tools: Tools, request_id: int, account_id: int) -> list[Present]:
    """Note that this colleague looks at it; who else does, the first to come first. Two statements."""
    now = tools.now()
    row = insert(RequestPresence).values(request_id=request_id, account_id=account_id, since=now, seen_at=now)
    # Who comes back after his lease starts a new one.
    expired = RequestPresence.seen_at < now - LEASE
    db.execute(
        row.on_conflict_do_update(
            index_elements=["request_id", "account_id"],
            set_={"seen_at": now, "since": case((expired, now), else_=RequestPresence.since)},
        )
    )
    query = (
        select(Account.office_name, RequestPresence.since)
        .join(Account, Account.id == RequestPresence.account_id)
        .where(
            RequestPresence.request_id == request_id,
            RequestPresence.account_id != account_id,
            RequestPresence.seen_at >= now - LEASE,
        )
        .order_by(RequestPresence.since, Account.id)
    )
    return [Present(*found) for found in db.execute(query)]
