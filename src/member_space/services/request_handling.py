"""Which colleague has a request: taken, given on, put back or aside, opened again.

Each act carries the version that its page showed: who read an older one gets `Stale`, and nothing of his is written.
Only its holder answers (services.request_writing) or decides: two colleagues never do the same thing.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, or_, select, text
from sqlalchemy.orm import QueryableAttribute, Session, aliased

from member_space.domain.opening_hours import PARIS
from member_space.domain.request import Act, NotAllowed, RequestKind, State, after
from member_space.models import Request, RequestTransition
from member_space.models.request import OPEN
from member_space.services import request as requests
from member_space.services.handlers import handles
from member_space.services.request import Actor, Stale
from member_space.services.request_clock import hours_of
from member_space.services.request_queue import in_queues, skills_of
from member_space.services.sessions import OfficeIdentity
from member_space.services.tools import Origin, Tools


class HoldReason(StrEnum):
    """Why a request rests until a day; the words are in views.office.request_words."""

    FUND = "fund"
    PROFESSIONAL = "professional"
    STATEMENT = "statement"
    COLLEAGUE = "colleague"
    MEDICAL_ADVISER = "medical_adviser"
    OTHER_INSURER = "other_insurer"


class NotHeld(Exception):  # noqa: N818 - named after the event
    """Somebody else holds the request, or nobody does: take it first."""


class OwnDecision(Exception):  # noqa: N818 - named after the event
    """The complaint is about what this colleague decided or answered: members are told that another one reads it."""

    def __init__(self, account_id: int) -> None:
        super().__init__(f"account {account_id}")
        self.account_id = account_id


@dataclass(frozen=True, slots=True)
class Hand:
    """Who acts, on what, as he read it."""

    identity: OfficeIdentity
    request: Request
    version: int
    origin: Origin

    @property
    def actor(self) -> Actor:
        return Actor.of(self.identity, self.origin)


def take_next(
    db: Session, tools: Tools, identity: OfficeIdentity, kind: RequestKind | None, queue: str | None, origin: Origin
) -> Request | None:
    """Take the most urgent request that waits for anybody, or for this colleague; None when there is none.

    Those that wait for him and those of his queues come first, then any other: whoever has nothing left helps. A
    complaint about what he decided himself is left to the others. The row is locked as it is found, and rows that a
    colleague is taking are stepped over: no two get the same one.
    """
    me = identity.account_id
    query = select(Request).where(
        Request.state == State.TO_DO.value,
        or_(Request.handler_id.is_(None), Request.handler_id == me),
        ~contests(me),
    )
    if kind is not None:
        query = query.where(Request.kind == kind.value)
    if queue is not None:
        query = query.where(in_queues(tools, [queue]))
    skills = skills_of(db, me)
    # One after the other: each reads the index of the queue in its order, a sort of both would read all of it.
    first = [query.where(or_(Request.handler_id == me, in_queues(tools, skills)))] if skills else []
    for ordered in (*first, query):
        ordered = ordered.order_by(Request.due_at, Request.id).limit(1).with_for_update(skip_locked=True, of=Request)
        found = db.scalar(ordered.execution_options(populate_existing=True))
        if found is not None:
            take(db, tools, Hand(identity, found, found.version, origin))
            return found
    return None


def take(db: Session, tools: Tools, hand: Hand) -> None:
    """Take a request that nobody has, or take it over from the colleague who has it. Raises OwnDecision."""
    _check_judge(db, hand.request, hand.identity.account_id)
    details = {"from_account_id": hand.request.handler_id} if hand.request.handler_id else None
    requests.move(
        db,
        tools,
        hand.request,
        Act.TAKE,
        hand.actor,
        version=hand.version,
        details=details,
        handler_id=hand.identity.account_id,
        wake_at=None,
    )


def give(db: Session, tools: Tools, hand: Hand, colleague_id: int) -> None:
    """Hand one's own over to a colleague who handles requests. Raises NotAllowed for anybody else, OwnDecision."""
    check_held(hand)
    if not handles(db, colleague_id):
        raise NotAllowed(f"give to account {colleague_id}")
    _check_judge(db, hand.request, colleague_id)
    requests.move(
        db,
        tools,
        hand.request,
        Act.GIVE,
        hand.actor,
        version=hand.version,
        details={"to_account_id": colleague_id},
        handler_id=colleague_id,
    )


def release(db: Session, tools: Tools, hand: Hand) -> None:
    """Put one's own back for anybody."""
    check_held(hand)
    requests.move(db, tools, hand.request, Act.RELEASE, hand.actor, version=hand.version, handler_id=None)


def release_all(db: Session, tools: Tools, account_id: int, actor: Actor) -> None:
    """What this colleague has is anybody's again, whatever its state: he handles no request any more."""
    held = select(Request).where(text(f"request.{OPEN}"), Request.handler_id == account_id).order_by(Request.id)
    # All of them locked before the first is written down in the journal, as whoever acts on one does.
    for row in db.scalars(held.with_for_update(of=Request).execution_options(populate_existing=True)).all():
        if row.state == State.IN_REVIEW:
            requests.move(db, tools, row, Act.RELEASE, actor, handler_id=None)
        else:
            requests.let_go(db, tools, row, actor)


def hold(db: Session, tools: Tools, hand: Hand, reason: HoldReason, until: date) -> None:
    """Put aside until the office opens, that day or the next open one; the clock runs on."""
    check_held(hand)
    requests.move(
        db,
        tools,
        hand.request,
        Act.HOLD,
        hand.actor,
        version=hand.version,
        details={"reason": reason.value},
        wake_at=_opening_from(tools, until),
    )


def _opening_from(tools: Tools, day: date) -> datetime:
    """When the office opens that day, or the next one that it opens."""
    opening, _closing = next(hours_of(tools.settings).openings(datetime.combine(day, time(), PARIS)))
    return opening


def reopen(db: Session, tools: Tools, hand: Hand) -> None:
    """Open one again that was decided or closed: it waits for whoever reopened it. Raises OwnDecision."""
    _check_judge(db, hand.request, hand.identity.account_id)
    requests.move(
        db, tools, hand.request, Act.REOPEN, hand.actor, version=hand.version, handler_id=hand.identity.account_id
    )


def judged_by(db: Session, request: Request, account_id: int) -> bool:
    """Whether the request is a complaint about what this colleague decided, answered or has in hand."""
    if request.kind != RequestKind.COMPLAINT or request.linked_id is None:
        return False
    return bool(db.scalar(select(contests(account_id)).where(Request.id == request.id)))


def contests(account_id: int | QueryableAttribute[int]) -> ColumnElement[bool]:
    """As `judged_by`, of a request in a query."""
    contested, log = aliased(Request), RequestTransition
    in_hand = exists().where(contested.id == Request.linked_id, contested.handler_id == account_id)
    ended = exists().where(
        log.request_id == Request.linked_id, log.account_id == account_id, log.act.in_((Act.DECIDE, Act.ANSWER))
    )
    return and_(Request.kind == RequestKind.COMPLAINT.value, or_(in_hand, ended))


def _check_judge(db: Session, request: Request, account_id: int) -> None:
    if judged_by(db, request, account_id):
        raise OwnDecision(account_id)


def check_answers(db: Session, hand: Hand, act: Act) -> None:
    """As `check_held`, before anything is said to the member. Raises OwnDecision besides: he may have treated what a
    complaint contests after he took it. What it contests is locked: no decision of it is under way meanwhile."""
    check_held(hand, act)
    check_judge(db, hand)


def check_judge(db: Session, hand: Hand) -> None:
    """Raises OwnDecision for whoever treated, or has in hand, what this complaint contests."""
    if hand.request.linked_id is not None:
        db.execute(select(Request.id).where(Request.id == hand.request.linked_id).with_for_update(read=True))
    _check_judge(db, hand.request, hand.identity.account_id)


def check_read(hand: Hand) -> None:
    """Raises Stale where the request changed since its page was read."""
    if hand.version != hand.request.version:
        raise Stale(State(hand.request.state), hand.request.version)


def check_held(hand: Hand, act: Act | None = None) -> None:
    """Raises Stale, NotHeld, or NotAllowed where the state does not open ``act``; before anything is written."""
    request = hand.request
    # First: whoever read an older version is told what happened, not that he may not.
    check_read(hand)
    if act is not None:
        after(act, State(request.state), hand.actor.side)
    if request.handler_id != hand.identity.account_id:
        raise NotHeld
