"""Which requests, messages and documents are seen: the viewer's own, about the persons seen."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func
from sqlalchemy.orm import Session

from member_space.domain.opening_hours import PARIS
from member_space.services.fhir.parts import Page, Resource, Search
from member_space.services.household import Household


def seen(household: Household, model: Any, search: Search, subject: Any = None) -> list[ColumnElement[bool]]:
    """Sent, by the viewer, and about somebody seen: who wrote it where it names nobody. None where the viewer does not
    show himself: what he wrote is his own, as in the list of requests.

    ``model``: has `author_person_id` and `sent_at`; ``subject``: the column of whom it is about, the model's own
    `person_id` when None. Dates are days in Paris.
    """
    whom = func.coalesce(model.person_id if subject is None else subject, model.author_person_id)
    persons = {one.person_id for one in household.members if search.patient in (None, one.person_id)}
    shown = whom.in_(sorted(persons) if household.shows_viewer else [])
    kept = [model.author_person_id == household.viewer_id, model.sent_at.is_not(None), shown]
    if search.first is not None:
        kept.append(model.sent_at >= datetime.combine(search.first, time(), PARIS).astimezone(UTC))
    if search.last is not None:
        kept.append(model.sent_at < datetime.combine(search.last + timedelta(days=1), time(), PARIS).astimezone(UTC))
    return kept


def page_of(
    db: Session, query: Select[Any], model: Any, search: Search, resource_of: Callable[[Row[Any]], Resource]
) -> Page:
    """A page of what the query finds, the latest first; one statement. ``model``: what its rows begin with."""
    query = query.order_by(model.id.desc()).limit(search.count + 1)
    if search.before is not None:
        query = query.where(model.id < search.before)
    rows = db.execute(query).all()
    told = rows[: search.count]
    return Page([resource_of(row) for row in told], told[-1][0].id if len(rows) > len(told) else None)


def about(household: Household, row: Any, subject_id: int | None = None) -> int:
    """Whom it is about, noted as shown with who wrote it."""
    person_id: int = subject_id or getattr(row, "person_id", None) or row.author_person_id
    household.note({person_id, row.author_person_id})
    return person_id
