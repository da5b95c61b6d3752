"""The legal delays of a complaint: dated when it is sent, shown to the office when they are near (C118)."""

from datetime import date
from typing import Any

from sqlalchemy import Text, cast, exists, or_, select
from sqlalchemy.orm import Session

from member_space.domain.complaint import Alarm, Delay, acknowledge_by, alarm_of, answer_by
from member_space.domain.notices import NoticeKind
from member_space.domain.opening_hours import PARIS
from member_space.domain.request import OPEN, RequestKind, Side
from member_space.models import Message, Notification, Request
from member_space.services.request_clock import hours_of
from member_space.services.tools import Tools

BY = {Delay.ACKNOWLEDGEMENT: "acknowledge_by", Delay.ANSWER: "answer_by"}
"""Where their last days stand in the details of a request."""
ACKNOWLEDGED_ON = "acknowledged_on"
OPEN_STATES = [state.value for state in OPEN]


def delays_from(tools: Tools, sent_on: date) -> dict[str, str]:
    """The last days, as the details of a request keep them."""
    is_holiday = hours_of(tools.settings).is_holiday
    days = {Delay.ACKNOWLEDGEMENT: acknowledge_by(sent_on, is_holiday), Delay.ANSWER: answer_by(sent_on)}
    return {BY[delay]: day.isoformat() for delay, day in days.items()}


def legal_alarm(kind: str, state: str, details: dict[str, Any], today: date) -> Alarm | None:
    """The delay of this request that is near its end or past it; None: it is no complaint, has ended, or has time."""
    if kind != RequestKind.COMPLAINT or state not in OPEN_STATES:
        return None
    running = legal_days(kind, details)
    if ACKNOWLEDGED_ON in details:
        running.pop(Delay.ACKNOWLEDGEMENT, None)
    return alarm_of(running, today)


def legal_days(kind: str, details: dict[str, Any]) -> dict[Delay, date]:
    """The last days of a complaint, as they were told when it was sent; nothing of another kind."""
    if kind != RequestKind.COMPLAINT:
        return {}
    return {delay: date.fromisoformat(details[name]) for delay, name in BY.items() if name in details}


def acknowledged_on(details: dict[str, Any]) -> date | None:
    """When it was acknowledged, None as long as it is not known to be."""
    return date.fromisoformat(details[ACKNOWLEDGED_ON]) if ACKNOWLEDGED_ON in details else None


def note_acknowledged(db: Session, tools: Tools) -> None:
    """Of the complaints that were acknowledged, keep the day: their receipt left by mail, or the office wrote.

    The receipt on the screen is none: who does not see it again has nothing in hand.
    """
    link = "/demandes/" + cast(Request.public_id, Text)
    by_mail = exists().where(
        Notification.account_id == Request.author_account_id,
        Notification.kind == NoticeKind.REQUEST_RECEIVED.value,
        Notification.state == "sent",
        Notification.values["link"].astext == link,
    )
    written = exists().where(Message.request_id == Request.id, Message.side == Side.OFFICE.value)
    rows = db.scalars(
        select(Request)
        .where(
            Request.kind == RequestKind.COMPLAINT.value,
            Request.state.in_(OPEN_STATES),
            ~Request.details.has_key(ACKNOWLEDGED_ON),
            or_(by_mail, written),
        )
        .with_for_update(skip_locked=True, of=Request)
        .execution_options(populate_existing=True)
    )
    for row in rows:
        row.details = row.details | {ACKNOWLEDGED_ON: tools.now().astimezone(PARIS).date().isoformat()}
