"""Who gets which waiting request, by skill and by load; and when one comes back from a colleague who is away (C105)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from member_space.domain.service_clock import A_DAY

UNBEGUN = timedelta(hours=1)
"""Open time that a request which nobody has begun waits for an absent colleague."""
LEFT = 3 * A_DAY
"""Open time that one which he began waits for him: after a day off, or two, he goes on with what he knows."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that nobody has. ``barred``: accounts that it must not go to."""

    id: int
    queue: str
    barred: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Present:
    """A colleague at work. ``skills``: the queues that he works, none for all; ``load``: requests in his hands."""

    account_id: int
    skills: frozenset[str]
    load: int


def works(skills: frozenset[str], queue: str) -> bool:
    """Whether who has these skills works that queue: without any, he works them all."""
    return not skills or queue in skills


def share_out(waiting: Sequence[Waiting], present: Iterable[Present], cap: int) -> list[tuple[int, int]]:
    """(request, account) of each that finds somebody, in the order given: the most urgent first.

    Each goes to whoever of those who work its queue has the least in hand, below ``cap``. Of two alike, to who works
    the fewest queues, so that who can do everything stays free for what only he can do; then to the older account.
    """
    people = {one.account_id: one for one in present}
    load = {one.account_id: one.load for one in people.values()}

    def order(account_id: int) -> tuple[int, bool, int, int]:
        skills = people[account_id].skills
        return load[account_id], not skills, len(skills), account_id

    given = []
    for request in waiting:
        able = [
            one.account_id
            for one in people.values()
            if load[one.account_id] < cap and works(one.skills, request.queue) and one.account_id not in request.barred
        ]
        if able:
            chosen = min(able, key=order)
            load[chosen] += 1
            given.append((request.id, chosen))
    return given


def comes_back(*, begun: bool, absent: timedelta) -> bool:
    """Whether what waits for a colleague is anybody's again, after so much open time without a sign of him."""
    return absent >= (LEFT if begun else UNBEGUN)
