"""The machine's clock."""

from datetime import UTC, date, datetime

from zope.interface import implementer

from member_space.domain.opening_hours import PARIS
from member_space.interfaces import IClock


@implementer(IClock)
class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return self.now().astimezone(PARIS).date()
