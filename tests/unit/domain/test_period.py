from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.period import Period, first_overlap

days = st.dates(date(2024, 1, 1), date(2024, 3, 1))
periods = st.builds(
    lambda start, length: Period(start, None if length is None else start + timedelta(days=length)),
    days,
    st.none() | st.integers(0, 40),
)


def members(period):
    return {date(2024, 1, 1) + timedelta(n) for n in range(120) if period.contains(date(2024, 1, 1) + timedelta(n))}


@given(periods, days)
def test_both_ends_are_in(period, day):
    assert period.contains(period.start)
    assert not period.contains(period.start - timedelta(days=1))
    if period.end is not None:
        assert period.contains(period.end)
        assert not period.contains(period.end + timedelta(days=1))


@given(periods, periods)
def test_relations_are_those_of_the_days(one, other):
    assert one.overlaps(other) == other.overlaps(one) == bool(members(one) & members(other))
    assert one.covers(other) == (members(other) <= members(one) and (one.end is None or other.end is not None))


@given(periods)
def test_half_open_form_and_back(period):
    assert Period.from_bounds(period.start, period.before) == period


def test_end_of_the_calendar_has_no_day_after():
    assert Period(date(2024, 1, 1), date.max).before is None


def test_an_end_before_the_start_is_refused():
    with pytest.raises(ValueError, match="first day"):
        Period(date(2024, 1, 2), date(2024, 1, 1))
    with pytest.raises(ValueError, match="first day"):
        Period.from_bounds(date(2024, 1, 1), date(2024, 1, 1))


@given(st.lists(periods, max_size=5))
def test_first_overlap(several):
    shared = any(one.overlaps(other) for i, one in enumerate(several) for other in several[i + 1 :])
    found = first_overlap(several)
    assert (found is not None) == shared
    assert found is None or found[0].overlaps(found[1])
