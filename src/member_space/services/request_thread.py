"""The messages of a request: fifty at a time, answered, marked as read by either side, rated (C96 to C98, C103)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from member_space.domain.attachment import FileRefused, SentFile
from member_space.domain.request import Act, NotAllowed, RequestKind, Side, State
from member_space.models import Account, Message, Person, Request, Statement, StatementLine
from member_space.services.asked_piece import note_answered
from member_space.services.attachment import hand_over
from member_space.services.attachment_add import add_files
from member_space.services.form_key import write_with
from member_space.services.request import REOPENS_WITHIN, Actor, move, say, send
from member_space.services.request_draft import new_draft
from member_space.services.request_find import read_again
from member_space.services.tools import Tools

PAGE = 50
ENDED = frozenset({State.DECIDED, State.CLOSED})
"""Ended for good reasons: an answer within thirty days opens it again, a mark may be given."""


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """One message. ``who``: whoever wrote it, by name; members are told « the office », never a colleague's name.

    ``read_at``: when the other side opened it; ``answered_at``: when the office next wrote, for a member's.
    """

    id: int
    public_id: UUID
    side: Side
    kind: str
    body: str
    sent_at: datetime
    read_at: datetime | None
    answered_at: datetime | None
    who: str | None
    on_behalf: bool = False
    """A colleague wrote it in the member's name, on the telephone."""
    assistant: str | None = None
    """The application that wrote it in the member's name."""


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """The latest fifty messages, or those before or after one, in the order of reading; where to go on from."""

    messages: list[ThreadMessage]
    older: int | None = None
    newer: int | None = None


def thread_of(db: Session, request: Request, *, before: int | None = None, after: int | None = None) -> ThreadPage:
    """One page of the thread, by one statement however long it is. ``before``, ``after``: the number of a message."""
    forward = after is not None
    answer, person = aliased(Message), aliased(Person)
    answered = (
        select(func.min(answer.sent_at))
        .where(answer.request_id == Message.request_id, answer.id > Message.id, answer.side != Side.MEMBER.value)
        .correlate(Message)
        .scalar_subquery()
    )
    name = func.coalesce(Account.office_name, person.first_name + " " + person.last_name)
    query = (
        select(Message, answered, name, Account.office_name.is_not(None))
        .outerjoin(Account, Account.id == Message.account_id)
        .outerjoin(person, person.id == Account.person_id)
        .where(Message.request_id == request.id)
        .order_by(Message.id if forward else Message.id.desc())
        .limit(PAGE + 1)
    )
    if after is not None:
        query = query.where(Message.id > after)
    elif before is not None:
        query = query.where(Message.id < before)
    rows = db.execute(query).all()
    more, rows = len(rows) > PAGE, rows[:PAGE]
    found = [_message(*row) for row in (rows if forward else reversed(rows))]
    if not found:
        return ThreadPage([])
    older, newer = (True, more) if forward else (more, before is not None)
    return ThreadPage(found, found[0].id if older else None, found[-1].id if newer else None)


def _message(row: Message, answered_at: datetime | None, name: str | None, by_office: bool) -> ThreadMessage:
    side = Side(row.side)
    return ThreadMessage(
        id=row.id,
        public_id=row.public_id,
        side=side,
        kind=row.kind,
        body=row.body,
        sent_at=row.sent_at,
        read_at=row.read_at,
        answered_at=answered_at if side is Side.MEMBER else None,
        who=name,
        on_behalf=side is Side.MEMBER and by_office,
        assistant=row.assistant,
    )


@dataclass(frozen=True, slots=True)
class Reply:
    """The request that holds an answer, and the files that could not leave with it."""

    request: Request
    refused: list[FileRefused] = field(default_factory=list)


def reply(
    db: Session,
    tools: Tools,
    request: Request,
    actor: Actor,
    body: str,
    *,
    thanks: bool = False,
    key: UUID | None = None,
    files: Sequence[SentFile] = (),
    as_one: bool = False,
) -> Reply:
    """What the member answers, and the request that now holds it: the same one, or a new one that follows it.

    Awaited, his answer gives the hand back to the office, even when a paper is still missing: it may say why. It wakes
    what was put aside, but for what only a fund's answer ends (`awaits_fund`). Within
    thirty days of the end it opens the same request again, unless it only says thank you; later, or once withdrawn, a
    linked request starts. ``key``: one a form; what it already sent is not sent twice. A file that is refused does not
    hold back the words. Raises NotAllowed for a draft, Gone.
    """
    # Locked and read again: a colleague who moves it, or a second click, waits for this answer or is seen by it.
    read_again(db, request, lock=True)
    sent = _sent_with(db, request, key)
    if sent is not None:
        return Reply(sent)
    state = State(request.state)
    if state is State.DRAFT:
        raise NotAllowed("reply to a draft")
    if not thanks and not goes_on(request, tools.now()):
        draft = write_with(db, key, lambda key: _following(db, tools, request, actor, body, key))
        refused = add_files(db, tools, draft, files, actor=actor, as_one=as_one)
        send(db, tools, draft, actor)
        return Reply(draft, refused)
    if not thanks and state is State.WAITING_MEMBER:
        move(db, tools, request, Act.PROVIDE, actor)
        note_answered(db, tools, request)
    elif not thanks and state is State.ON_HOLD and not awaits_fund(request):
        move(db, tools, request, Act.WAKE, actor, wake_at=None)
    elif not thanks and state in ENDED:
        move(db, tools, request, Act.REOPEN, actor)
    refused = add_files(db, tools, request, files, actor=actor, as_one=as_one) if files else []
    kind = "thanks" if thanks else "text"
    message = write_with(db, key, lambda key: say(db, tools, request, actor, body, kind=kind, public_id=key))
    hand_over(db, tools, request, actor, message.id)
    return Reply(request, refused)


def awaits_fund(request: Request) -> bool:
    """Whether it asks something of a fund, whose answer ends it as long as it rests (link_request.settle_links)."""
    return "link_id" in request.details


def goes_on(request: Request, now: datetime) -> bool:
    """Whether an answer stays in this thread; otherwise it starts a request that follows it."""
    state = State(request.state)
    if state in ENDED:
        return request.closed_at is None or now - request.closed_at <= REOPENS_WITHIN
    return state not in (State.WITHDRAWN, State.DUPLICATE)


def _following(db: Session, tools: Tools, request: Request, actor: Actor, body: str, key: UUID | None) -> Request:
    """A new message about the same thing, linked to the one that ended."""
    return new_draft(
        db,
        tools,
        (request.author_person_id, actor.account_id or request.author_account_id),
        RequestKind.MESSAGE,
        request.contract_id,
        topic=request.topic if request.kind == RequestKind.MESSAGE else None,
        person_id=request.person_id,
        statement_id=request.statement_id,
        statement_line_id=request.statement_line_id,
        linked_id=request.id,
        idempotency_key=key,
        body=body,
    )


def _sent_with(db: Session, request: Request, key: UUID | None) -> Request | None:
    """The request that the answer of this form went to, when it already left."""
    if key is None:
        return None
    theirs = Request.author_person_id == request.author_person_id
    said = select(Message.request_id).where(
        Message.public_id == key, Message.author_person_id == request.author_person_id
    )
    return db.scalar(select(Request).where(theirs, (Request.idempotency_key == key) | Request.id.in_(said)))


def mark_read_by_member(db: Session, tools: Tools, request: Request) -> int:
    """Its member opened the thread; how many messages he had not read."""
    return _mark_read(db, tools, request, Message.side != Side.MEMBER.value)


def mark_read_by_office(db: Session, tools: Tools, request: Request) -> None:
    """A colleague opened it: the mark is the whole team's."""
    _mark_read(db, tools, request, Message.side == Side.MEMBER.value)


def _mark_read(db: Session, tools: Tools, request: Request, of_the_other_side: ColumnElement[bool]) -> int:
    mark = update(Message).where(Message.request_id == request.id, of_the_other_side, Message.read_at.is_(None))
    mark = mark.values(read_at=tools.now()).execution_options(synchronize_session=False)
    return cast(CursorResult[Any], db.execute(mark)).rowcount


@dataclass(frozen=True, slots=True)
class Ties:
    """What a request is about besides its object, and the requests that it follows or that follow it (C101)."""

    statement: tuple[UUID, str] | None
    before: tuple[UUID, str] | None
    after: list[tuple[UUID, str]]


def ties_of(db: Session, request: Request) -> Ties:
    """Ids for links, with the reference or the number of each; one statement, two where a statement is concerned,
    itself or by one of its lines."""
    about = None
    if request.statement_id is not None or request.statement_line_id is not None:
        of_line = select(StatementLine.statement_id).where(StatementLine.id == request.statement_line_id)
        about = db.execute(
            select(Statement.public_id, Statement.reference).where(
                Statement.id == (request.statement_id or of_line.scalar_subquery())
            )
        ).one()
    query = select(Request.id, Request.public_id, Request.number).where(
        or_(Request.id == request.linked_id, Request.linked_id == request.id),
        Request.author_person_id == request.author_person_id,
        Request.number.is_not(None),
    )
    found = {row.id: (row.public_id, row.number or "") for row in db.execute(query.order_by(Request.id))}
    before = found.pop(request.linked_id, None) if request.linked_id else None
    return Ties((about.public_id, about.reference) if about else None, before, list(found.values()))


def may_rate(request: Request) -> bool:
    """Whether its member may say what he thinks of the answer: once, and only of one that ended."""
    return State(request.state) in ENDED and request.rating is None


def rate(db: Session, tools: Tools, request: Request, rating: int, text: str | None) -> bool:
    """Keep what the member thinks of the answer, once; whether it is kept."""
    values = {"rating": rating, "rating_text": text, "rated_at": tools.now()}
    mine = (Request.id == request.id, Request.rating.is_(None), Request.state.in_([one.value for one in ENDED]))
    kept = db.execute(update(Request).where(*mine).values(**values).returning(Request.id)).first()
    read_again(db, request)
    return kept is not None
