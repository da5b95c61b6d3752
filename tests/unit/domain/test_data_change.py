"""Which change waits for which, and which goes with which."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.data_change import COOLING, KEYS, DataKind, free_again_at, taken_back_with

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
EMAIL, MOBILE, IBAN, ADDRESS = DataKind.EMAIL, DataKind.MOBILE, DataKind.IBAN, DataKind.ADDRESS


@pytest.mark.parametrize(
    ("kind", "hours_ago", "free_in"),
    [
        (IBAN, {}, None),
        (IBAN, {EMAIL: 1}, 47),
        (IBAN, {MOBILE: 47}, 1),
        (IBAN, {MOBILE: 40, EMAIL: 3}, 45),
        (IBAN, {EMAIL: 48}, None),
        (IBAN, {IBAN: 1}, None),
        (IBAN, {ADDRESS: 1, DataKind.LANDLINE: 1}, None),
        (EMAIL, {MOBILE: 1}, None),
        (EMAIL, {IBAN: 1}, None),
        (EMAIL, {EMAIL: 1}, None),
        (EMAIL, {IBAN: 30, MOBILE: 1}, 18),
        (MOBILE, {IBAN: 1, EMAIL: 30}, 18),
        (MOBILE, {IBAN: 48, EMAIL: 1}, None),
        (ADDRESS, {IBAN: 1, EMAIL: 1, MOBILE: 1}, None),
    ],
)
def test_what_waits(kind, hours_ago, free_in):
    recent = [(one, NOW - hours * HOUR) for one, hours in hours_ago.items()]
    assert free_again_at(kind, recent, NOW) == (NOW + free_in * HOUR if free_in else None)


changes = st.lists(st.tuples(st.sampled_from(DataKind), st.integers(0, 200)), max_size=12)


@given(changes)
def test_the_three_keys_never_all_change_within_48_hours(asked):
    """Whatever is asked, in whatever order: what the rule lets through never holds the three in one window."""
    done: list[tuple[DataKind, datetime]] = []
    for kind, hour in sorted(asked, key=lambda one: one[1]):
        at = NOW + hour * HOUR
        if free_again_at(kind, done, at) is None:
            done.append((kind, at))
    for _kind, start in done:
        window = {kind for kind, at in done if timedelta(0) <= at - start < COOLING}
        assert not window >= KEYS
    for kind, at in done:
        before = {one for one, then in done if timedelta(0) <= at - then < COOLING and (one, then) != (kind, at)}
        if kind is IBAN and all(then < at for one, then in done if one is not IBAN):
            assert not before & {EMAIL, MOBILE}


@given(changes, st.sampled_from(sorted(KEYS)))
def test_what_waits_is_free_at_the_hour_told(asked, kind):
    recent = [(one, NOW - hour * HOUR) for one, hour in asked]
    free = free_again_at(kind, recent, NOW)
    if free is not None:
        assert NOW < free <= NOW + COOLING
        assert free_again_at(kind, recent, free) is None
        assert free_again_at(kind, recent, free - timedelta(microseconds=1)) is not None


def test_what_a_late_no_takes_back():
    assert taken_back_with(EMAIL, EMAIL)
    assert taken_back_with(EMAIL, IBAN)
    assert taken_back_with(MOBILE, EMAIL)
    assert not taken_back_with(ADDRESS, EMAIL)
    assert not taken_back_with(EMAIL, ADDRESS)
    assert taken_back_with(ADDRESS, ADDRESS)
