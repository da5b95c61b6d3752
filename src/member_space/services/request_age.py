"""How much of its target an open request has used, from what is kept of it: no query of its log (C104)."""

from datetime import datetime, timedelta

from member_space.domain.service_clock import Ageing, ageing, working_between
from member_space.services.request_clock import hours_of
from member_space.services.tools import Tools


def age_of(tools: Tools, due_at: datetime | None, target_minutes: int | None) -> Ageing | None:
    """The colour of a request that is due then; None while the member has the hand: nothing runs."""
    if due_at is None or not target_minutes:
        return None
    now, target = tools.now(), timedelta(minutes=target_minutes)
    if due_at <= now:
        return Ageing.LATE
    # due_at is where the target ends if the office keeps the hand: what is left of it is the open time until then.
    return ageing(target - working_between(hours_of(tools.settings), now, due_at), target)
