"""The clock of the next reply: since when the member's oldest message waits, and when it is to be answered (C109).

Computed from the messages each time it is shown, in the office's open hours: nothing is kept that a change of hours, or
of the catalogue's target, would have to compute again. The message that a request is sent with has the request's own
target (services.request_clock).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session, aliased

from member_space.domain.request import HAND, Side, State
from member_space.domain.service_clock import A_DAY, Ageing, after_working, ageing, working_between
from member_space.models import Message, Request
from member_space.services.catalogue import catalogue_of
from member_space.services.request_clock import hours_of
from member_space.services.tools import Tools


@dataclass(frozen=True, slots=True)
class ReplyAwaited:
    """``since``: when the oldest message without an answer was written; ``due_at``: when its target ends."""

    since: datetime
    due_at: datetime
    age: Ageing


def unanswered_since() -> ScalarSelect[datetime]:
    """Of a request in a query: when its member's oldest message that nobody answered was written.

    A thank you asks nothing.
    """
    said, answer = aliased(Message), aliased(Message)
    last_answer = (
        select(func.max(answer.id))
        .where(answer.request_id == Request.id, answer.side != Side.MEMBER.value)
        .correlate(Request)
        .scalar_subquery()
    )
    # What follows our last word is the member's: to ask for his side besides would lead to the index of all of theirs.
    waiting = (said.request_id == Request.id, said.id > func.coalesce(last_answer, 0))
    return (
        select(func.min(said.sent_at))
        .where(*waiting, said.kind != "thanks", said.sent_at > Request.sent_at)
        .correlate(Request)
        .scalar_subquery()
    )


def reply_awaited(tools: Tools, state: State, since: datetime | None) -> ReplyAwaited | None:
    """Its clock; None where nothing waits, or the office has not the hand. No statement."""
    if since is None or HAND[state] is not Side.OFFICE:
        return None
    hours, target = hours_of(tools.settings), catalogue_of(tools.settings).reply_days * A_DAY
    used = working_between(hours, since, tools.now())
    return ReplyAwaited(since, after_working(hours, since, target), ageing(used, target))


def reply_awaited_of(db: Session, tools: Tools, request: Request) -> ReplyAwaited | None:
    """As `reply_awaited`, of one request; one statement."""
    since = db.scalar(select(unanswered_since()).where(Request.id == request.id))
    return reply_awaited(tools, State(request.state), since)
