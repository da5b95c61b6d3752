"""A request followed like a parcel: the steps done, the one under way and who has the hand, those to come (C74, C26).

Its own columns suffice for the home page; its page gives the log besides, and every step then has its day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.complaint import Delay
from member_space.domain.opening_hours import PARIS, OpeningHours
from member_space.domain.request import HAND, Act, Outcome, RequestKind, Side, State
from member_space.models import Message, Request, RequestTransition
from member_space.services.complaint import legal_days
from member_space.services.usual_time import Usual, usually_by


class StepCode(StrEnum):
    """A step as the member knows it; its words are in views.request_words."""

    SENT = "sent"
    TO_DO = "to_do"
    IN_REVIEW = "in_review"
    WAITING_MEMBER = "waiting_member"
    PROVIDED = "provided"
    ON_HOLD = "on_hold"
    DECISION = "decision"
    ANSWER = "answer"
    TRANSFER = "transfer"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Step:
    """``state``: done, now or next, as partials/parcel takes it. ``hand``: who has it, of the step under way."""

    code: StepCode
    state: str
    at: datetime | None = None
    hand: Side | None = None


_OF_ACT = {
    Act.TAKE: StepCode.IN_REVIEW,
    Act.ASK_PIECE: StepCode.WAITING_MEMBER,
    Act.PROVIDE: StepCode.PROVIDED,
    Act.DECIDE: StepCode.DECISION,
    Act.ANSWER: StepCode.ANSWER,
    Act.REOPEN: StepCode.REOPENED,
}
"""Acts that a member follows; the others are the office's own business."""
_END = {State.WITHDRAWN: StepCode.WITHDRAWN, State.DUPLICATE: StepCode.DUPLICATE}


def log_shown(db: Session, request_id: int) -> list[tuple[str, datetime]]:
    """(act, when) of each transition, in order; one statement."""
    query = select(RequestTransition.act, RequestTransition.at).where(RequestTransition.request_id == request_id)
    return [(act, at) for act, at in db.execute(query.order_by(RequestTransition.version))]


def parcel_of(request: Request, log: Sequence[tuple[str, datetime]] = ()) -> list[Step]:
    """The steps of a request that was sent."""
    state = State(request.state)
    ending = _ending(request)
    steps = [Step(StepCode.SENT, "done", request.sent_at), *_done(log)]
    if state in _END:
        return [*steps, Step(_END[state], "done", request.closed_at)]
    if state in (State.DECIDED, State.CLOSED):
        if steps[-1].code is not ending:
            steps.append(Step(ending, "done", request.closed_at))
        paid = request.kind == RequestKind.CLAIM and request.outcome in (Outcome.ACCEPTED, Outcome.PARTIAL)
        return [*steps, Step(StepCode.TRANSFER, "now", hand=Side.OFFICE)] if paid else steps
    now = Step(StepCode(state.value), "now", request.state_since, HAND[state])
    # What is under way was in the log as well.
    if steps[-1].code is now.code:
        steps.pop()
    return [*steps, now, Step(ending, "next")]


class NextDay(StrEnum):
    """What happens by the next day that can be told."""

    PIECE = "piece"
    WAKE = "wake"
    LEGAL = "legal"
    USUAL = "usual"


def next_day_of(
    request: Request, hours: OpeningHours, now: datetime, usual: Usual | None, due_on: date | None
) -> tuple[NextDay, date] | None:
    """The day by which its paper is due, it is taken up again, the law wants an answer, or it is usually settled.

    None where nothing is known, and of a usual day that has passed: there is nothing usual about it any more.
    """
    state = State(request.state)
    if state is State.WAITING_MEMBER:
        return (NextDay.PIECE, due_on) if due_on else None
    if state is State.ON_HOLD:
        return _to_come(NextDay.WAKE, request.wake_at, now)
    if state not in (State.TO_DO, State.IN_REVIEW):
        return None
    legal = legal_days(request.kind, request.details)
    if Delay.ANSWER in legal:
        return NextDay.LEGAL, legal[Delay.ANSWER]
    return _to_come(NextDay.USUAL, usually_by(hours, request, usual) if usual else None, now)


def _to_come(what: NextDay, at: datetime | None, now: datetime) -> tuple[NextDay, date] | None:
    return (what, at.astimezone(PARIS).date()) if at and at > now else None


def _ending(request: Request) -> StepCode:
    """Money is decided about; a question, a message or a complaint is answered."""
    # Ended by the office without an answer: its member did not send what was awaited.
    if request.state == State.CLOSED and request.outcome is None:
        return StepCode.UNANSWERED
    decided = request.kind in (RequestKind.CLAIM, RequestKind.QUOTE) and request.statement_line_id is None
    return StepCode.DECISION if decided else StepCode.ANSWER


def _done(log: Sequence[tuple[str, datetime]]) -> list[Step]:
    steps: list[Step] = []
    for act, at in log:
        code = _OF_ACT.get(Act(act))
        # Passed from a colleague to another, or taken again: for the member it is one study.
        if code and not (steps and steps[-1].code is code):
            steps.append(Step(code, "done", at))
    return steps


def first_words_of(db: Session, request_id: int) -> str:
    """The text that was sent with it, if there was one; one statement."""
    query = select(Message.body).where(Message.request_id == request_id, Message.side == Side.MEMBER)
    sent = query.where(Message.sent_at == select(Request.sent_at).where(Request.id == request_id).scalar_subquery())
    return db.scalar(sent.order_by(Message.id).limit(1)) or ""
