"""A day of our own choice for a whole journey."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import event
from webtest import TestApp
from zope.interface import implementer

from member_space.interfaces import IClock

PARIS = ZoneInfo("Europe/Paris")


@implementer(IClock)
class SetClock:
    """Stands at one instant."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at.astimezone(UTC)

    def today(self) -> date:
        return self.at.astimezone(PARIS).date()


def at_paris(year: int, month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    """That hour in Paris."""
    return datetime(year, month, day, hour, minute, tzinfo=PARIS)


@contextmanager
def clock_at(app: TestApp, year: int, month: int, day: int, hour: int = 10, minute: int = 0) -> Iterator[SetClock]:
    """The application's clock stands at that hour in Paris; its `at` may be moved."""
    registry = app.app.registry
    before = registry.getUtility(IClock)
    clock = SetClock(at_paris(year, month, day, hour, minute))
    registry.registerUtility(clock, IClock)
    yield clock
    registry.registerUtility(before, IClock)


@contextmanager
def counted_statements(engine) -> Iterator[list[str]]:
    """The SQL statements run meanwhile, those of the transaction itself left out."""
    run: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.upper().startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            run.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield run
    event.remove(engine, "before_cursor_execute", note)
