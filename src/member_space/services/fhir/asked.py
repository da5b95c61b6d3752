"""Which requests, messages and documents are seen: the viewer's own, about the persons seen."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func

from member_space.domain.opening_hours import PARIS
from member_space.services.fhir.parts import Search
from member_space.services.household import Household


def seen(household: Household, model: Any, search: Search, subject: Any = None) -> list[ColumnElement[bool]]:
    """Sent, by the viewer, and about somebody seen: who wrote it where it names nobody.

    ``model``: has `author_person_id` and `sent_at`; ``subject``: the column of whom it is about, the model's own
    `person_id` when None. Dates are days in Paris.
    """
    whom = func.coalesce(model.person_id if subject is None else subject, model.author_person_id)
    persons = sorted({one.person_id for one in household.members if search.patient in (None, one.person_id)})
    kept = [model.author_person_id == household.viewer_id, model.sent_at.is_not(None), whom.in_(persons)]
    if search.first is not None:
        kept.append(model.sent_at >= datetime.combine(search.first, time(), PARIS).astimezone(UTC))
    if search.last is not None:
        kept.append(model.sent_at < datetime.combine(search.last + timedelta(days=1), time(), PARIS).astimezone(UTC))
    return kept


def about(household: Household, row: Any, subject_id: int | None = None) -> int:
    """Whom it is about, noted as shown."""
    person_id: int = subject_id or getattr(row, "person_id", None) or row.author_person_id
    household.note([person_id])
    return person_id
