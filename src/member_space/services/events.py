"""The one way to write to the journal."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.models import Event
from member_space.services.tools import INSIDE, Origin


def record(
    db: Session,
    kind: EventKind,
    *,
    actor_account_id: int | None = None,
    subject_person_id: int | None = None,
    contract_id: int | None = None,
    origin: Origin = INSIDE,
    details: dict[str, Any] | None = None,
) -> None:
    """Write a fact in the caller's transaction: what is rolled back never happened, and leaves no trace.

    `actor_account_id` is None for a command or a job. `details` is JSON and holds no NIR, IBAN, code, token or
    address typed by somebody. The database chains the row (migration 0002): give `contract_id` where there is one,
    so that only the events of one household wait for each other.
    """
    db.execute(
        insert(Event).values(
            kind=kind.value,
            actor_account_id=actor_account_id,
            subject_person_id=subject_person_id,
            contract_id=contract_id,
            ip=origin.ip,
            request_id=origin.request_id,
            details=details or {},
        )
    )


def record_each(
    db: Session,
    kind: EventKind,
    subjects: Mapping[int, int | None],
    *,
    actor_account_id: int | None,
    origin: Origin = INSIDE,
    details: dict[str, Any] | None = None,
) -> None:
    """As `record`, one fact for each person (with the contract of each, or None), in one statement."""
    rows = [
        {
            "kind": kind.value,
            "actor_account_id": actor_account_id,
            "subject_person_id": person_id,
            "contract_id": contract_id,
            "ip": origin.ip,
            "request_id": origin.request_id,
            "details": details or {},
        }
        # Chain by chain in one order: two of these never wait for each other in a circle.
        for person_id, contract_id in sorted(subjects.items(), key=lambda one: (one[1] or 0, one[0]))
    ]
    if rows:
        db.execute(insert(Event).values(rows))
