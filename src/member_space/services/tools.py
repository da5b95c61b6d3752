"""What a use case may need besides its session, and where the request that asked for it came from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from member_space.interfaces import ICipher, IClock, IJobs, IPasswordHasher
from member_space.settings import Settings


@dataclass(frozen=True, slots=True)
class Tools:
    """The settings, and the adapters by their interface: `request.tools` on a page, given to a task by the worker."""

    settings: Settings
    find: Callable[[Any], Any]

    @property
    def cipher(self) -> ICipher:
        found: ICipher = self.find(ICipher)
        return found

    @property
    def hasher(self) -> IPasswordHasher:
        found: IPasswordHasher = self.find(IPasswordHasher)
        return found

    @property
    def jobs(self) -> IJobs:
        found: IJobs = self.find(IJobs)
        return found

    def now(self) -> datetime:
        """The aware UTC instant."""
        now: datetime = self.find(IClock).now()
        return now

    def today(self) -> date:
        """The day in Europe/Paris."""
        today: date = self.find(IClock).today()
        return today


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an act comes from, for the journal: `request.origin` on a page."""

    ip: str | None = None
    user_agent: str | None = None
    request_id: str | None = None


INSIDE = Origin()
"""A command or a job."""
