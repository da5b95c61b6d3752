"""How many questions a client and a member may ask the API a minute, counted for all processes together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from member_space.services.api_access import ApiAccess

WINDOW = timedelta(minutes=1)
"""A minute of the clock, the same for everybody: a row a client and a row a member are all that is kept."""


# As a text, which SQLAlchemy keeps compiled: an insert of this dialect it compiles at every request of the API. The
# clocks of two machines differ a little: the minute of a row never goes back.
_ONE_MORE = text("""
    insert into api_count (who, minute, count) select unnest(cast(:who as text[])), :minute, 1
    on conflict (who) do update set
        minute = greatest(api_count.minute, excluded.minute),
        count = case when excluded.minute > api_count.minute then 1 else api_count.count + 1 end
    returning who, count
""")


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left of a limit. ``name``: client or member; ``resets_in``: whole seconds, one at least."""

    name: str
    most: int
    asked: int
    resets_in: int

    @property
    def left(self) -> int:
        return max(0, self.most - self.asked)

    @property
    def is_over(self) -> bool:
        return self.asked > self.most


def count_question(db: Session, access: ApiAccess, member_most: int, now: datetime) -> list[Quota]:
    """One more question of this token's client, and of its member; what is left to each, in one statement.

    ``db``: a session of its own, committed at once: what was asked counts even where the answer is undone, and nobody
    waits for a count longer than that takes. ``member_most``: what all the tokens of a member may ask together.
    """
    limits = _limits(access, member_most)
    minute = now.replace(second=0, microsecond=0)
    resets_in = max(1, round((minute + WINDOW - now).total_seconds()))
    # The client first, for everybody: two questions never wait for each other in a circle.
    asked = dict(db.execute(_ONE_MORE, {"who": list(limits), "minute": minute}).tuples().all())
    return [Quota(who.partition(":")[0], most, asked[who], resets_in) for who, most in limits.items()]


def _limits(access: ApiAccess, member_most: int) -> Mapping[str, int]:
    limits = {}
    if access.client_id is not None and access.per_minute is not None:
        limits[f"client:{access.client_id}"] = access.per_minute
    if access.account_id is not None:
        limits[f"member:{access.account_id}"] = member_most
    return limits
