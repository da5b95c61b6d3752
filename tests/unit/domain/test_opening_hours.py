from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.opening_hours import PARIS, Closed, Open, OpeningHours

HOLIDAYS = {date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 8), date(2026, 12, 25), date(2027, 1, 1)}
HOURS = OpeningHours(dict.fromkeys(range(5), (time(8, 30), time(18))), HOLIDAYS.__contains__)


def paris(text):
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-20 08:30", Open(paris("2026-11-20 18:00"))),
        ("2026-11-20 17:59:59.999999", Open(paris("2026-11-20 18:00"))),
        ("2026-11-20 18:00", Closed(paris("2026-11-23 08:30"))),  # a Friday evening
        ("2026-11-20 08:29:59", Closed(paris("2026-11-20 08:30"))),
        ("2026-11-21 12:00", Closed(paris("2026-11-23 08:30"))),
        ("2026-05-01 10:00", Closed(paris("2026-05-04 08:30"))),  # 1 May is a Friday
        ("2026-04-03 18:30", Closed(paris("2026-04-07 08:30"))),  # Easter week-end, its Monday closed
        ("2026-04-06 10:00", Closed(paris("2026-04-07 08:30"))),
        ("2026-12-24 19:00", Closed(paris("2026-12-28 08:30"))),
        ("2026-03-27 18:00", Closed(paris("2026-03-30 08:30"))),  # clocks change on 29 March
        ("2026-10-23 18:00", Closed(paris("2026-10-26 08:30"))),  # and on 25 October
    ],
)
def test_status(at, expected):
    assert HOURS.status(paris(at)) == expected


@pytest.mark.parametrize(
    ("utc", "is_open"),
    [
        ("2026-03-27 07:30", True),  # winter: 8:30 in Paris
        ("2026-03-30 07:30", True),  # summer: 9:30
        ("2026-03-30 06:30", True),
        ("2026-03-27 06:30", False),
        ("2026-10-23 16:00", False),
        ("2026-10-26 16:00", True),
    ],
)
def test_clock_changes(utc, is_open):
    assert isinstance(HOURS.status(datetime.fromisoformat(utc).replace(tzinfo=UTC)), Open) == is_open


def test_opening_instants_follow_the_clocks():
    before, after = HOURS.status(paris("2026-03-26 18:00")), HOURS.status(paris("2026-03-27 18:00"))
    assert before.next_opening.astimezone(UTC).time() == time(7, 30)
    assert after.next_opening.astimezone(UTC).time() == time(6, 30)


@given(st.integers(0, 34_000_000).map(lambda s: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=s)))
def test_what_is_announced_is_true(at):
    status = HOURS.status(at)
    tick = timedelta(microseconds=1)
    if isinstance(status, Open):
        assert at < status.until
        assert isinstance(HOURS.status(status.until - tick), Open)
        assert isinstance(HOURS.status(status.until), Closed)
    else:
        assert at < status.next_opening
        assert isinstance(HOURS.status(status.next_opening), Open)
        assert HOURS.status(status.next_opening - tick) == status


def test_a_place_that_never_opens():
    assert OpeningHours({}, lambda day: False).status(paris("2026-11-20 10:00")) == Closed(None)


def test_an_instant_needs_its_zone():
    with pytest.raises(ValueError, match="time zone"):
        HOURS.status(paris("2026-11-20 10:00").replace(tzinfo=None))
