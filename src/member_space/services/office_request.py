"""The office's one list of requests: what is open by urgency, what waits for its member apart, and how many of each.

A counter is the list's own conditions, counted. No body of a message is read here. Constant statements.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select, text, tuple_
from sqlalchemy.orm import Session, aliased

from member_space.domain.complaint import Alarm
from member_space.domain.cursor import InstantCursor
from member_space.domain.request import RequestKind, State
from member_space.domain.service_clock import Ageing
from member_space.models import Account, Attachment, Message, Person, Request
from member_space.models.request import OPEN
from member_space.services.complaint import legal_alarm
from member_space.services.readings import Shown
from member_space.services.reply_clock import ReplyAwaited, reply_awaited, reply_is_late
from member_space.services.request_age import age_of
from member_space.services.request_queue import in_queues
from member_space.services.request_reminders import proposes_closure
from member_space.services.tools import Tools

PAGE = 50
ME, NOBODY = "moi", "personne"
_OFFICE_TURN = text("request.state in ('to_do', 'in_review', 'on_hold')")
"""Written out, so that the database sees at each planning that the partial index of the queue fits."""

_UNREAD = text("message.side = 'member' and message.read_at is null")
"""Written out for the same reason: the partial index of what no colleague opened."""


class Tab(StrEnum):
    """The lists at hand: a holder or a state of the whole."""

    ALL = "all"
    MINE = "mine"
    NOBODY = "nobody"
    LATE = "late"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Kept:
    """What the list keeps; None keeps all. ``holder``: ME, NOBODY, or the public id of a colleague. ``late``: its own
    target is over, or that of the reply to a later message."""

    kind: RequestKind | None = None
    queue: str | None = None
    state: State | None = None
    holder: str | UUID | None = None
    late: bool = False

    @property
    def waits(self) -> bool:
        """Whether the list is the one of those that wait for their member."""
        return self.state is State.WAITING_MEMBER

    def of(self, tab: Tab) -> "Kept":
        """The same kind and queue, under this tab."""
        bare = replace(self, state=None, holder=None, late=False)
        return {
            Tab.ALL: bare,
            Tab.MINE: replace(bare, holder=ME),
            Tab.NOBODY: replace(bare, holder=NOBODY),
            Tab.LATE: replace(bare, late=True),
            Tab.WAITING: replace(bare, state=State.WAITING_MEMBER),
        }[tab]


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A line of the list. ``handler``: the colleague's name; ``age``: None while the member has the hand.

    ``unread``: its member wrote since it was sent, and no colleague opened it. ``closure_proposed``: he did not send
    the paper that he was reminded of twice. ``alarm``: of a complaint.
    ``reply``: a message of his waits for an answer.
    """

    id: int
    public_id: UUID
    number: str
    kind: RequestKind
    topic: str | None
    state: State
    member: str
    author_person_id: int
    contract_id: int
    handler: str | None
    handler_id: int | None
    sent_at: datetime
    activity_at: datetime
    due_at: datetime | None
    file_refused: bool
    unread: bool
    closure_proposed: bool
    alarm: Alarm | None
    age: Ageing | None
    reply: ReplyAwaited | None
    cursor: InstantCursor


@dataclass(frozen=True, slots=True)
class RequestPage:
    """The most urgent first; ``before``, ``after``: where to go on from, None when there is nothing that way."""

    rows: list[RequestRow]
    before: InstantCursor | None
    after: InstantCursor | None


_author, _handler = aliased(Person), aliased(Account)


def find_handled(db: Session, public_id: UUID) -> Request | None:
    """The request of this id once it was sent: a draft is its author's alone."""
    return db.scalar(select(Request).where(Request.public_id == public_id, Request.state != State.DRAFT.value))


def page_of_requests(
    db: Session,
    tools: Tools,
    kept: Kept,
    me: int,
    shown: Shown,
    *,
    before: InstantCursor | None = None,
    after: InstantCursor | None = None,
) -> RequestPage:
    """The page that follows ``after``, or comes before ``before``, or the first; one statement."""
    at = Request.state_since if kept.waits else Request.due_at
    query = rows_query(at).where(*conditions_of(tools, kept, me))
    place = before or after
    if place:
        here = tuple_(at, Request.id)
        query = query.where(here < (place.at, place.id) if before else here > (place.at, place.id))
    order = (at.desc(), Request.id.desc()) if before else (at, Request.id)
    found = [read_row(tools, row) for row in db.execute(query.order_by(*order).limit(PAGE + 1))]
    more, rows = len(found) > PAGE, found[:PAGE]
    if before:
        rows.reverse()
    note_members(shown, rows)
    earlier, later = (more, True) if before else (after is not None, more)
    return RequestPage(rows, rows[0].cursor if rows and earlier else None, rows[-1].cursor if rows and later else None)


def counts_of(db: Session, tools: Tools, kept: Kept, me: int) -> dict[Tab, int]:
    """How many each tab would list, by the same conditions; one statement."""
    counted = [func.count().filter(and_(*conditions_of(tools, kept.of(tab), me))).label(tab.value) for tab in Tab]
    row = db.execute(select(*counted).select_from(Request).where(text(f"request.{OPEN}"))).one()
    return {tab: getattr(row, tab.value) for tab in Tab}


def conditions_of(tools: Tools, kept: Kept, me: int) -> list[ColumnElement[bool]]:
    """What a request of this list fulfils."""
    conditions: list[Any] = [_OFFICE_TURN]
    if kept.state is not None:
        conditions = [text(f"request.{OPEN}"), Request.state == kept.state.value]
    if kept.kind is not None:
        conditions.append(Request.kind == kept.kind.value)
    if kept.queue is not None:
        conditions.append(in_queues(tools, [kept.queue]))
    if kept.holder == ME:
        conditions.append(Request.handler_id == me)
    elif kept.holder == NOBODY:
        conditions.append(Request.handler_id.is_(None))
    elif kept.holder is not None:
        holder = select(Account.id).where(Account.public_id == kept.holder)
        conditions.append(Request.handler_id == holder.scalar_subquery())
    if kept.late:
        conditions.append(or_(Request.due_at <= tools.now(), and_(_OFFICE_TURN, reply_is_late(tools))))
    return conditions


def rows_query(at: Any = Request.activity_at) -> Select[Any]:
    """The columns of a line; ``at``: the instant by which the list is ordered."""
    return (
        select(
            Request.id,
            Request.public_id,
            Request.number,
            Request.kind,
            Request.topic,
            Request.state,
            (_author.first_name + " " + _author.last_name).label("member"),
            Request.author_person_id,
            Request.contract_id,
            _handler.office_name.label("handler"),
            Request.handler_id,
            Request.sent_at,
            Request.activity_at,
            Request.due_at,
            Request.target_minutes,
            exists()
            .where(
                Attachment.request_id == Request.id,
                Attachment.state == "refused",
                Attachment.removed_at.is_(None),
                Attachment.sent_at.is_not(None),
            )
            .label("file_refused"),
            exists()
            .where(
                Message.request_id == Request.id,
                _UNREAD,
                # The one that it was sent with is the request itself.
                Message.sent_at > Request.sent_at,
            )
            .label("unread"),
            Request.awaits_reply_since,
            proposes_closure().label("closure_proposed"),
            Request.details,
            at.label("place"),
        )
        .join(_author, _author.id == Request.author_person_id)
        .outerjoin(_handler, _handler.id == Request.handler_id)
    )


def read_row(tools: Tools, row: Row[Any]) -> RequestRow:
    values = dict(row._mapping)
    cursor = InstantCursor(values.pop("place") or row.activity_at, row.id)
    age = age_of(tools, row.due_at, values.pop("target_minutes"))
    alarm = legal_alarm(row.kind, row.state, values.pop("details"), tools.today())
    state = State(row.state)
    reply = reply_awaited(tools, state, values.pop("awaits_reply_since"))
    known = {"kind": RequestKind(row.kind), "state": state}
    return RequestRow(**values | known, alarm=alarm, age=age, reply=reply, cursor=cursor)


def note_members(shown: Shown, rows: Iterable[RequestRow]) -> None:
    """The names of these members are about to be shown."""
    for row in rows:
        shown.note([row.author_person_id], row.contract_id)
