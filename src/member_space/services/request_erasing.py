"""Requests and documents at the end of their time: told of before, kept by a legal hold, then erased (C127).

The day is five years after the contract ended, and never sooner than thirty days after the request did or a hold was
lifted, so that there is time to tell. It is computed here and nowhere else: pages show it, the night obeys it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import structlog
from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Select,
    Text,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    union,
    update,
)
from sqlalchemy.orm import Session

from member_space import models as m
from member_space.domain.events import EventKind
from member_space.domain.notices import NoticeKind
from member_space.domain.retention import DAYS_TOLD_BEFORE, KEPT_AFTER_CONTRACT, Kept
from member_space.services.attachment import erase_attachments
from member_space.services.events import record
from member_space.services.legal_hold import about, ids_under_lock, is_held
from member_space.services.notification_announce import announce_to
from member_space.services.tools import Tools

log = structlog.get_logger(__name__)

ERASE = "request:erase_old"
BATCH = 500
AT_LEAST = max(DAYS_TOLD_BEFORE)
"""Days between the last thing that moved the day, and the day."""
GOES_WITH_A_REQUEST = (m.Message, m.InternalNote, m.ComplaintMeasure, m.DecisionLine, m.AskedPiece)
"""Besides its files, its log and what the database takes away by itself."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """Until when something is kept. `erased_on`: None while its contract runs or its request is open; `held`: a legal
    hold keeps it beyond that day."""

    erased_on: date | None
    held: bool


def _day(at: Any) -> ColumnElement[date]:
    return cast(func.timezone("Europe/Paris", at), Date)


def _lifted(person_id: Any, request_id: Any) -> Any:
    return select(func.max(m.LegalHold.lifted_at)).where(about(person_id, request_id)).scalar_subquery()


def _kept_by_contract() -> ColumnElement[date]:
    """The day, five years after its end, until which a contract keeps what was sent; null while it runs."""
    return cast(func.upper(m.Contract.period) + func.make_interval(KEPT_AFTER_CONTRACT), Date)


def _erased_on(person_id: Any, request_id: Any) -> ColumnElement[date | None]:
    """Of a query that joins Contract, and Request where there is one."""
    end = _kept_by_contract()
    moved = (_day(m.Request.closed_at) + AT_LEAST, _day(_lifted(person_id, request_id)) + AT_LEAST)
    is_open = and_(m.Request.id.is_not(None), m.Request.closed_at.is_(None))
    return case((or_(end.is_(None), is_open), None), else_=func.greatest(end, *moved))


def keeping_columns() -> tuple[ColumnElement[date | None], ColumnElement[bool]]:
    """The two facts of `Keeping`, of attachments in a query that joins Contract and, from outside, Request."""
    of = m.Attachment.author_person_id, m.Attachment.request_id
    return _erased_on(*of).label("erased_on"), is_held(*of).label("held")


def keeping_of(db: Session, request: m.Request) -> Keeping:
    """Of one request; one statement."""
    of = m.Request.author_person_id, m.Request.id
    query = select(_erased_on(*of), is_held(*of)).join(m.Contract, m.Contract.id == m.Request.contract_id)
    return Keeping(*db.execute(query.where(m.Request.id == request.id)).one()._tuple())


def _leaving(horizon: date) -> tuple[Select[Any], Select[Any]]:
    """(id, person_id, erased_on) of what leaves by this day and is not held: requests, then documents of no request."""
    near = _kept_by_contract() <= horizon
    of_request = m.Request.author_person_id, m.Request.id
    requests = (
        select(m.Request.id, m.Request.author_person_id.label("person_id"), _erased_on(*of_request).label("erased_on"))
        .join(m.Contract, m.Contract.id == m.Request.contract_id)
        .where(near, m.Request.closed_at.is_not(None), ~is_held(*of_request))
    )
    row = m.Attachment
    documents = (
        select(row.id, row.author_person_id.label("person_id"), keeping_columns()[0])
        .join(m.Contract, m.Contract.id == row.contract_id)
        .outerjoin(m.Request, m.Request.id == row.request_id)
        .where(near, row.request_id.is_(None), row.removed_at.is_(None), ~is_held(row.author_person_id, row.request_id))
    )
    rows, others = requests.subquery(), documents.subquery()
    return select(rows).where(rows.c.erased_on <= horizon), select(others).where(others.c.erased_on <= horizon)


def tell_of_erasing(db: Session, tools: Tools) -> None:
    """Once a day: thirty days and seven days before, one notice to each for all that leaves on the same day.

    Who was told of neither is told late, and what is his waits for the seven days.
    """
    today, now = tools.today(), tools.now()
    nearer = None
    for days in sorted(DAYS_TOLD_BEFORE):
        rows = union(*_leaving(today + timedelta(days=days))).subquery()
        told = _told_of(rows, m.Notification.values["before"].astext == str(days))
        query = (
            select(m.Account.id, rows.c.erased_on)
            .join(m.Account, m.Account.person_id == rows.c.person_id)
            .where(m.Account.closed_at.is_(None), ~told)
            .distinct()
        )
        if nearer is not None:
            query = query.where(rows.c.erased_on > today + timedelta(days=nearer))
        nearer = days
        by_day: dict[date, list[int]] = {}
        for account_id, day in db.execute(query.order_by(rows.c.erased_on)):
            by_day.setdefault(day, []).append(account_id)
        for day, accounts in by_day.items():
            shown = max(day, today + timedelta(days=min(DAYS_TOLD_BEFORE)))
            values = {"day": shown.isoformat(), "leaves": day.isoformat(), "before": str(days), "link": "/documents"}
            announce_to(db, NoticeKind.ERASING_SOON, accounts, values, now)


def _told_of(rows: FromClause, which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Of an account in a query: ``which`` notice told it that these leave on their day."""
    return exists().where(
        m.Notification.account_id == m.Account.id,
        m.Notification.kind == NoticeKind.ERASING_SOON.value,
        m.Notification.values["leaves"].astext == cast(rows.c.erased_on, Text),
        which,
    )


def erase_old(db: Session, tools: Tools) -> None:
    """Each night, a batch: what has reached its day, was told to who has an account, and is held by nothing."""
    today, now = tools.today(), tools.now()
    requests, documents = (_told(query, today).limit(BATCH) for query in _leaving(today))
    request_ids, document_ids = ids_under_lock(db, (requests, m.Request.id), (documents, m.Attachment.id))
    _erase_requests(db, tools, request_ids)
    erase_attachments(db, tools, document_ids)
    counts = [len(request_ids), len(document_ids)]
    if any(counts):
        db.add(m.Erasure(kind=Kept.REQUESTS.value, count=sum(counts), before=now, at=now))
        record(db, EventKind.RETENTION_APPLIED, details={Kept.REQUESTS.value: sum(counts)})
    if BATCH in counts:
        tools.jobs.defer(db, ERASE)
    log.info("requests and documents erased", requests=counts[0], documents=counts[1])


def _told(query: Select[Any], today: date) -> Select[Any]:
    """Those whose person has no account, or was told a day that has come."""
    rows = query.subquery()
    told = _told_of(rows, m.Notification.values["day"].astext <= today.isoformat())
    untold = exists().where(m.Account.person_id == rows.c.person_id, m.Account.closed_at.is_(None), ~told)
    return select(rows.c.id, rows.c.person_id).where(~untold).order_by(rows.c.person_id, rows.c.id)


def _erase_requests(db: Session, tools: Tools, ids: Collection[int]) -> None:
    files = db.scalars(select(m.Attachment.id).where(m.Attachment.request_id.in_(ids)))
    erase_attachments(db, tools, list(files))
    for model in GOES_WITH_A_REQUEST:
        db.execute(delete(model).where(model.request_id.in_(ids)))
    db.execute(update(m.Request).where(m.Request.linked_id.in_(ids)).values(linked_id=None))
    # Only the database may erase a log, and only at its time (migration 0013).
    db.execute(text("select erase_log_of_requests(:ids)"), {"ids": list(ids)})
    db.execute(delete(m.Request).where(m.Request.id.in_(ids)))
