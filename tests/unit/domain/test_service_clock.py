"""The office's clock: a table of dated cases worked out by hand, and what holds whatever the instants.

In the table every instant bears its own offset, so that both clocks of Paris are told apart.
"""

from datetime import UTC, datetime, time, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.opening_hours import PARIS, Open, OpeningHours
from member_space.domain.service_clock import (
    A_DAY,
    Ageing,
    after_working,
    ageing,
    due_at,
    latest_start,
    worked,
    working_between,
)

WEEK = dict.fromkeys(range(5), (time(8, 30), time(18)))
HOURS = OpeningHours(WEEK, holidays.country_holidays("FR").__contains__)
NONE = timedelta(0)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def open_time(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


# what it shows, sent, target in open hours, pauses, when the target ends
ORDINARY_DAYS = [
    ("from the opening to noon", "2026-06-16T08:30+02:00", "3:30", [], "2026-06-16T12:00+02:00"),
    ("a whole day ends at the closing", "2026-06-16T08:30+02:00", "9:30", [], "2026-06-16T18:00+02:00"),
    ("a minute more is the next morning", "2026-06-16T08:30+02:00", "9:31", [], "2026-06-17T08:31+02:00"),
    ("a day from noon is the next noon", "2026-06-16T12:00+02:00", "9:30", [], "2026-06-17T12:00+02:00"),
    ("before the opening it waits for it", "2026-06-16T06:00+02:00", "1:00", [], "2026-06-16T09:30+02:00"),
    ("at midnight too", "2026-06-16T00:00+02:00", "1:00", [], "2026-06-16T09:30+02:00"),
    ("a minute before the opening", "2026-06-16T08:29+02:00", "0:30", [], "2026-06-16T09:00+02:00"),
    ("at 18:00 exactly it is closed", "2026-06-16T18:00+02:00", "0:30", [], "2026-06-17T09:00+02:00"),
    ("a minute before the closing", "2026-06-16T17:59+02:00", "0:02", [], "2026-06-17T08:31+02:00"),
    ("after the closing", "2026-06-16T20:00+02:00", "4:00", [], "2026-06-17T12:30+02:00"),
    ("just before midnight", "2026-06-16T23:59+02:00", "9:30", [], "2026-06-17T18:00+02:00"),
    ("nothing, while it is open", "2026-06-16T10:00+02:00", "0:00", [], "2026-06-16T10:00+02:00"),
    ("nothing, in the evening", "2026-06-16T19:00+02:00", "0:00", [], "2026-06-17T08:30+02:00"),
    ("nothing, on a Saturday", "2026-06-20T11:00+02:00", "0:00", [], "2026-06-22T08:30+02:00"),
    ("two days", "2026-06-16T10:15+02:00", "19:00", [], "2026-06-18T10:15+02:00"),
    ("seconds are kept", "2026-06-16T17:59:30+02:00", "0:01", [], "2026-06-17T08:30:30+02:00"),
]
WEEK_ENDS = [
    ("Friday at 17:00, two hours", "2026-06-19T17:00+02:00", "2:00", [], "2026-06-22T09:30+02:00"),
    ("a day from Friday noon", "2026-06-19T12:00+02:00", "9:30", [], "2026-06-22T12:00+02:00"),
    ("sent on a Saturday", "2026-06-20T10:00+02:00", "4:00", [], "2026-06-22T12:30+02:00"),
    ("sent on a Sunday night", "2026-06-21T23:00+02:00", "9:30", [], "2026-06-22T18:00+02:00"),
    ("Friday at 18:00 exactly", "2026-06-19T18:00+02:00", "0:01", [], "2026-06-22T08:31+02:00"),
    ("five days are a week", "2026-06-17T09:00+02:00", "47:30", [], "2026-06-24T09:00+02:00"),
    ("ten days are two weeks", "2026-06-16T10:00+02:00", "95:00", [], "2026-06-30T10:00+02:00"),
    ("fifteen days, a complaint", "2026-06-01T08:30+02:00", "142:30", [], "2026-06-19T18:00+02:00"),
]
HOLIDAYS = [
    ("1 May, a Friday", "2026-04-30T17:00+02:00", "2:00", [], "2026-05-04T09:30+02:00"),
    ("sent on 1 May", "2026-05-01T10:00+02:00", "1:00", [], "2026-05-04T09:30+02:00"),
    ("Easter Monday after its week-end", "2026-04-03T17:30+02:00", "1:00", [], "2026-04-07T09:00+02:00"),
    ("sent on Easter Monday", "2026-04-06T14:00+02:00", "9:30", [], "2026-04-07T18:00+02:00"),
    ("Good Friday is worked", "2026-04-02T17:00+02:00", "2:00", [], "2026-04-03T09:30+02:00"),
    ("8 May, a Friday", "2026-05-07T18:00+02:00", "1:00", [], "2026-05-11T09:30+02:00"),
    ("Ascension, a Thursday", "2026-05-13T16:00+02:00", "3:00", [], "2026-05-15T09:30+02:00"),
    ("Ascension, its Friday worked", "2026-05-13T12:00+02:00", "19:00", [], "2026-05-18T12:00+02:00"),
    ("Whit Monday", "2026-05-22T15:00+02:00", "4:00", [], "2026-05-26T09:30+02:00"),
    ("14 July, a Tuesday", "2026-07-13T17:00+02:00", "2:00", [], "2026-07-15T09:30+02:00"),
    ("sent on 14 July", "2026-07-14T09:00+02:00", "0:30", [], "2026-07-15T09:00+02:00"),
    ("15 August on a Saturday takes no day", "2026-08-14T17:30+02:00", "1:00", [], "2026-08-17T09:00+02:00"),
    ("1 November on a Sunday takes no day", "2026-10-30T17:00+01:00", "1:30", [], "2026-11-02T09:00+01:00"),
    ("11 November, a Wednesday", "2026-11-10T12:00+01:00", "9:30", [], "2026-11-12T12:00+01:00"),
    ("25 December, a Friday", "2026-12-24T17:45+01:00", "0:30", [], "2026-12-28T08:45+01:00"),
    ("26 December is worked", "2025-12-24T17:00+01:00", "2:00", [], "2025-12-26T09:30+01:00"),
    ("1 January ends the year's last week", "2026-12-31T17:00+01:00", "2:00", [], "2027-01-04T09:30+01:00"),
    ("29 February is a day", "2028-02-28T17:00+01:00", "9:30", [], "2028-02-29T17:00+01:00"),
]
CLOCK_CHANGES = [
    ("over the night of March", "2026-03-27T17:00+01:00", "2:00", [], "2026-03-30T09:30+02:00"),
    ("sent in the night of March", "2026-03-29T01:30+01:00", "1:00", [], "2026-03-30T09:30+02:00"),
    ("in summer 6:15 UTC is before the opening", "2026-03-30T06:15+00:00", "0:15", [], "2026-03-30T08:45+02:00"),
    ("in winter 7:15 UTC is", "2026-03-27T07:15+00:00", "0:15", [], "2026-03-27T08:45+01:00"),
    ("over the night of October", "2026-10-23T17:00+02:00", "2:00", [], "2026-10-26T09:30+01:00"),
    ("in the hour that comes twice, first", "2026-10-25T02:30+02:00", "1:00", [], "2026-10-26T09:30+01:00"),
    ("in the hour that comes twice, again", "2026-10-25T02:30+01:00", "1:00", [], "2026-10-26T09:30+01:00"),
    ("two days over October", "2026-10-23T12:00+02:00", "19:00", [], "2026-10-27T12:00+01:00"),
    ("Easter on the day of the change", "2027-03-26T17:00+01:00", "2:00", [], "2027-03-30T09:30+02:00"),
]
PAUSES = [
    (
        "within a day",
        *("2026-06-16T09:00+02:00", "4:00"),
        [("2026-06-16T10:00+02:00", "2026-06-16T11:30+02:00")],
        "2026-06-16T14:30+02:00",
    ),
    (
        "over a night",
        *("2026-06-16T16:00+02:00", "4:00"),
        [("2026-06-16T17:00+02:00", "2026-06-17T10:00+02:00")],
        "2026-06-17T13:00+02:00",
    ),
    (
        "across a week-end",
        *("2026-06-19T16:00+02:00", "4:00"),
        [("2026-06-19T17:00+02:00", "2026-06-22T09:00+02:00")],
        "2026-06-22T12:00+02:00",
    ),
    (
        "begun in a week-end, ended after it",
        *("2026-06-19T17:00+02:00", "2:00"),
        [("2026-06-20T10:00+02:00", "2026-06-22T10:00+02:00")],
        "2026-06-22T11:00+02:00",
    ),
    (
        "all of it while it is closed",
        *("2026-06-16T17:00+02:00", "2:00"),
        [("2026-06-16T19:00+02:00", "2026-06-17T07:00+02:00")],
        "2026-06-17T09:30+02:00",
    ),
    (
        "from the very start",
        *("2026-06-16T09:00+02:00", "1:00"),
        [("2026-06-16T09:00+02:00", "2026-06-16T15:00+02:00")],
        "2026-06-16T16:00+02:00",
    ),
    (
        "two of them",
        *("2026-06-16T08:30+02:00", "9:30"),
        [
            ("2026-06-16T09:30+02:00", "2026-06-16T10:30+02:00"),
            ("2026-06-17T08:30+02:00", "2026-06-17T09:30+02:00"),
        ],
        "2026-06-17T10:30+02:00",
    ),
    (
        "over 1 May",
        *("2026-04-30T12:00+02:00", "9:30"),
        [("2026-04-30T16:00+02:00", "2026-05-04T12:00+02:00")],
        "2026-05-04T17:30+02:00",
    ),
    (
        "over the clock change of October",
        *("2026-10-23T10:00+02:00", "9:30"),
        [("2026-10-23T12:00+02:00", "2026-10-26T10:00+01:00")],
        "2026-10-26T17:30+01:00",
    ),
    (
        "three weeks in a complaint",
        *("2026-06-01T08:30+02:00", "142:30"),
        [("2026-06-08T08:30+02:00", "2026-06-29T08:30+02:00")],
        "2026-07-10T18:00+02:00",
    ),
    (
        "begun as the target ends",
        *("2026-06-16T09:00+02:00", "2:00"),
        [("2026-06-16T11:00+02:00", "2026-06-18T11:00+02:00")],
        "2026-06-16T11:00+02:00",
    ),
]
GOLDEN = [*ORDINARY_DAYS, *WEEK_ENDS, *HOLIDAYS, *CLOCK_CHANGES, *PAUSES]


@pytest.mark.parametrize(
    ("start", "target", "pauses", "end"), [case[1:] for case in GOLDEN], ids=[case[0] for case in GOLDEN]
)
def test_golden(start, target, pauses, end):
    paused = [(at(since), at(until)) for since, until in pauses]
    assert due_at(HOURS, at(start), open_time(target), paused) == at(end)
    assert worked(HOURS, at(start), at(end), paused) == open_time(target)
    if not pauses:
        assert after_working(HOURS, at(start), open_time(target)) == at(end)


def test_the_table_has_its_sixty_cases():
    assert len({case[0] for case in GOLDEN}) == len(GOLDEN) >= 60


def test_nothing_passes_backwards():
    assert working_between(HOURS, at("2026-06-17T10:00+02:00"), at("2026-06-16T10:00+02:00")) == NONE


@pytest.mark.parametrize("first", ["2026-03-29T00:30", "2026-10-25T00:30"])
def test_an_office_open_at_night_lives_the_hours_that_pass(first):
    """On the wall of Paris it is an hour more, or less."""
    night = OpeningHours({6: (time(0), time(5))}, lambda _day: False)
    start = at(first).replace(tzinfo=PARIS)
    end = start.replace(hour=4)
    assert working_between(night, start, end) == end.astimezone(UTC) - start.astimezone(UTC)
    assert after_working(night, start, end.astimezone(UTC) - start.astimezone(UTC)) == end.astimezone(UTC)


@pytest.mark.parametrize(
    ("part", "colour"),
    [
        (0, Ageing.FRESH),
        (0.59, Ageing.FRESH),
        (0.6, Ageing.ORANGE),
        (0.89, Ageing.ORANGE),
        (0.9, Ageing.RED),
        (0.99, Ageing.RED),
        (1, Ageing.LATE),
        (3, Ageing.LATE),
    ],
)
def test_colours(part, colour):
    assert ageing(part * A_DAY, A_DAY) is colour


instants = st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - naive bounds
durations = st.timedeltas(NONE, timedelta(hours=200))


@given(instants, durations)
def test_what_is_added_is_measured_again(start, duration):
    assert working_between(HOURS, start, after_working(HOURS, start, duration)) == duration


@given(instants, durations, durations)
def test_what_began_by_the_latest_start_has_used_the_target_and_nothing_else_has(start, since, target):
    end = start + since
    latest = latest_start(HOURS, end, target)
    for began in (start, latest, latest + timedelta(microseconds=1), latest - since):
        if began <= end:
            assert (began <= latest) == (working_between(HOURS, began, end) >= target)


@given(instants, durations, durations)
def test_time_adds_up(start, first, second):
    middle = start + first
    end = middle + second
    whole = working_between(HOURS, start, end)
    assert working_between(HOURS, start, middle) + working_between(HOURS, middle, end) == whole
    assert NONE <= whole <= end - start


@given(instants, durations, durations)
def test_a_longer_target_never_ends_sooner(start, one, other):
    assert after_working(HOURS, start, min(one, other)) <= after_working(HOURS, start, max(one, other))


@given(instants, durations, st.lists(st.timedeltas(NONE, timedelta(hours=60)), max_size=8))
def test_pauses_are_not_counted(start, target, gaps):
    """Every other gap is a pause."""
    marks = [start]
    for gap in gaps:
        marks.append(marks[-1] + gap)
    pauses = list(zip(marks[1::2], marks[2::2], strict=False))
    end = due_at(HOURS, start, target, pauses)
    assert worked(HOURS, start, end, pauses) == target
    assert end >= after_working(HOURS, start, target)


@given(instants, st.integers(0, 400))
def test_it_is_what_the_door_of_the_office_says(start, quarters):
    """Counted quarter by quarter on the sign of the door, which is another code."""
    quarter = timedelta(minutes=15)
    start = start.replace(minute=start.minute // 15 * 15, second=0, microsecond=0)
    seen = sum(isinstance(HOURS.status(start + n * quarter), Open) for n in range(quarters))
    assert working_between(HOURS, start, start + quarters * quarter) == seen * quarter
