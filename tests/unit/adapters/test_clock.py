"""The clock: an aware instant, and the day as it is in Paris."""

from datetime import UTC, date, datetime, timedelta

import pytest

from member_space.adapters.clock import SystemClock


class ClockAt(SystemClock):
    def __init__(self, instant):
        self._instant = instant

    def now(self):
        return self._instant


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 1, 14, 22, 59, tzinfo=UTC), date(2026, 1, 14)),
        (datetime(2026, 1, 14, 23, 0, tzinfo=UTC), date(2026, 1, 15)),
        (datetime(2026, 7, 14, 21, 59, tzinfo=UTC), date(2026, 7, 14)),
        (datetime(2026, 7, 14, 22, 0, tzinfo=UTC), date(2026, 7, 15)),
    ],
)
def test_the_day_begins_at_midnight_in_paris(instant, day):
    assert ClockAt(instant).today() == day


def test_now_is_aware_and_utc():
    assert SystemClock().now().utcoffset() == timedelta(0)
