"""When people answer the phone: weekly hours of a place, less its holidays."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
LOOK_AHEAD = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Open:
    """Open now, until that instant."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Closed:
    """Closed now; ``next_opening`` is None when nothing opens within thirty days."""

    next_opening: datetime | None


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Hours by weekday (0 is Monday), opening included and closing excluded, on the clocks of ``zone``.

    ``is_holiday`` says which days are closed whatever their weekday; the calendar is the caller's choice.
    """

    week: Mapping[int, tuple[time, time]]
    is_holiday: Callable[[date], bool]
    zone: ZoneInfo = PARIS

    def status(self, at: datetime) -> Open | Closed:
        """Open or closed at an instant, and until when, in the zone of the place.

        Raises ValueError for an instant without a zone: it would be another one on each machine.
        """
        if at.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        here = at.astimezone(self.zone)
        hours = self._hours_on(here.date())
        if hours and hours[0] <= here < hours[1]:
            return Open(hours[1])
        return Closed(self._next_opening(here))

    def openings(self, since: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Opening and closing of every open day from the day of an instant on, without end; UTC-exact in any season.

        Raises ValueError for an instant without a zone, and where no day of the week is open.
        """
        if since.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        if not self.week:
            raise ValueError("no day is open")
        day = since.astimezone(self.zone).date()
        while True:
            hours = self._hours_on(day)
            if hours:
                yield hours[0].astimezone(UTC), hours[1].astimezone(UTC)
            day += timedelta(days=1)

    def _hours_on(self, day: date) -> tuple[datetime, datetime] | None:
        """Opening and closing of a day, None when closed; each hour takes that day's own offset."""
        if day.weekday() not in self.week or self.is_holiday(day):
            return None
        opening, closing = self.week[day.weekday()]
        return datetime.combine(day, opening, self.zone), datetime.combine(day, closing, self.zone)

    def _next_opening(self, here: datetime) -> datetime | None:
        for ahead in range(LOOK_AHEAD.days + 1):
            hours = self._hours_on(here.date() + timedelta(days=ahead))
            if hours and hours[0] > here:
                return hours[0]
        return None
