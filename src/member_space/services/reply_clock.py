"""The clock of the next reply: since when the member's oldest message waits, and when it is to be answered (C109).

The first is kept with the request, by the messages as they are written (services.request.say): the list counts and
filters by it. The second is computed each time it is shown, in the office's open hours: a change of hours, or of the
catalogue's target, has nothing to compute again. The message that a request is sent with has the request's own target
(services.request_clock), and a thank-you asks nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement

from member_space.domain.request import HAND, Side, State
from member_space.domain.service_clock import A_DAY, Ageing, after_working, ageing, latest_start, working_between
from member_space.models import Request
from member_space.services.catalogue import catalogue_of
from member_space.services.request_clock import hours_of
from member_space.services.tools import Tools


@dataclass(frozen=True, slots=True)
class ReplyAwaited:
    """``since``: when the oldest message without an answer was written; ``due_at``: when its target ends."""

    since: datetime
    due_at: datetime
    age: Ageing


def reply_is_late(tools: Tools) -> ColumnElement[bool]:
    """Of a request in a query that the office has in hand: its member's message has waited for the whole target."""
    target = catalogue_of(tools.settings).reply_days * A_DAY
    return Request.awaits_reply_since <= latest_start(hours_of(tools.settings), tools.now(), target)


def reply_awaited(tools: Tools, state: State, since: datetime | None) -> ReplyAwaited | None:
    """Its clock; None where nothing waits, or the office has not the hand. No statement."""
    if since is None or HAND[state] is not Side.OFFICE:
        return None
    hours, target = hours_of(tools.settings), catalogue_of(tools.settings).reply_days * A_DAY
    used = working_between(hours, since, tools.now())
    return ReplyAwaited(since, after_working(hours, since, target), ageing(used, target))
