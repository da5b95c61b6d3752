"""The register of complaints, as the supervisor of insurers asks for it: dates, delay, motive, what was changed (C118).

No name of a member stands in it: the number of the complaint leads to him, for who may open it.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from translationstring import TranslationStringFactory

from member_space.domain.dates import date_short
from member_space.domain.events import EventKind
from member_space.domain.opening_hours import PARIS
from member_space.domain.request import RequestKind, State
from member_space.models import ComplaintMeasure, Message, Request, RequestTransition
from member_space.services.catalogue import catalogue_of
from member_space.services.complaint import ACKNOWLEDGED_ON
from member_space.services.events import record
from member_space.services.request_handling import Hand
from member_space.services.sessions import OfficeIdentity
from member_space.services.statement_csv import safe_cell
from member_space.services.tools import Origin, Tools
from member_space.services.translation import Translate

_ = TranslationStringFactory("member_space")

SHOWN = 200
BATCH = 500
TITLES = (
    _("Numéro"),
    _("Reçue le"),
    _("Accusé de réception"),
    _("Objet"),
    _("Répondue le"),
    _("Délai (jours)"),
    _("Mesure corrective"),
    _("Médiateur mentionné"),
)


@dataclass(frozen=True, slots=True)
class Complaint:
    """A line. ``acknowledged_on``: an ISO day (services.complaint). ``days``: of the calendar, sending to answer, as
    the law counts; None while nothing was answered."""

    number: str
    received_at: datetime
    acknowledged_on: str | None
    topic: str | None
    answered_at: datetime | None
    measure: str | None
    mediator: bool

    @property
    def days(self) -> int | None:
        if self.answered_at is None:
            return None
        return (self.answered_at.astimezone(PARIS).date() - self.received_at.astimezone(PARIS).date()).days


def latest_complaints(db: Session, tools: Tools) -> list[Complaint]:
    """The latest ones; one statement."""
    return [Complaint(*row) for row in db.execute(_query(tools).limit(SHOWN))]


def write_register(
    db: Session,
    tools: Tools,
    identity: OfficeIdentity,
    origin: Origin,
    translate: Translate,
    locale: str,
    out: Any,
) -> None:
    """All of them as Excel FR opens them; a batch in memory at a time. The export is a fact of the journal."""
    record(db, EventKind.COMPLAINTS_EXPORTED, actor_account_id=identity.account_id, origin=origin)
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(translate(title) for title in TITLES)
    topics = catalogue_of(tools.settings).topics
    for one in _every(db, tools):
        topic = topics.get(one.topic or "")
        yes_no = translate(_("oui") if one.mediator else _("non"))
        label = topic.label.in_(locale) if topic else one.topic or ""
        acknowledged = date_short(date.fromisoformat(one.acknowledged_on)) if one.acknowledged_on else ""
        cells = [acknowledged, label, _day(one.answered_at)]
        measure = safe_cell(one.measure or "")
        writer.writerow(
            [one.number, _day(one.received_at), *cells, "" if one.days is None else one.days, measure, yes_no]
        )


def measure_of(db: Session, request_id: int) -> str | None:
    """The corrective action of a complaint."""
    return db.scalar(select(ComplaintMeasure.words).where(ComplaintMeasure.request_id == request_id))


def write_measure(db: Session, tools: Tools, hand: Hand, words: str) -> None:
    """What is changed so that it does not happen again; the latest words stay."""
    values = {"words": words.strip(), "written_by": hand.identity.account_id, "written_at": tools.now()}
    row = insert(ComplaintMeasure).values(request_id=hand.request.id, contract_id=hand.request.contract_id, **values)
    db.execute(row.on_conflict_do_update(index_elements=["request_id"], set_=values))


def _every(db: Session, tools: Tools) -> Iterator[Complaint]:
    rows = db.execute(_query(tools), execution_options={"yield_per": BATCH})
    return (Complaint(*row) for row in rows)


def _query(tools: Tools) -> Select[Any]:
    answered = (
        select(func.max(RequestTransition.at))
        .where(RequestTransition.request_id == Request.id, RequestTransition.act.in_(("answer", "decide")))
        .scalar_subquery()
    )
    mediator = (
        select(Message.id)
        .where(
            Message.request_id == Request.id,
            Message.side == "office",
            Message.body.contains(tools.settings.brand.mediator, autoescape=True),
        )
        .exists()
    )
    return (
        select(
            Request.number,
            Request.sent_at,
            Request.details[ACKNOWLEDGED_ON].astext,
            Request.topic,
            answered,
            ComplaintMeasure.words,
            mediator,
        )
        .outerjoin(ComplaintMeasure, ComplaintMeasure.request_id == Request.id)
        .where(Request.kind == RequestKind.COMPLAINT.value, Request.state != State.DRAFT.value)
        .order_by(Request.sent_at.desc(), Request.id.desc())
    )


def _day(at: datetime | None) -> str:
    return date_short(at.astimezone(PARIS)) if at else ""
