"""Who can be certified of what, and whether it still holds."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.certificate import CertificateKind, certified, last_day, longest_portability, still_holds
from member_space.domain.period import ONE_DAY, Period

ADHESION, RADIATION, PORTABILITY = CertificateKind
TODAY = date(2026, 6, 15)
OPEN, OVER, COMING = (
    Period(date(2024, 1, 1)),
    Period(date(2024, 1, 1), date(2026, 5, 31)),
    Period(date(2026, 7, 1)),
)
KEPT = Period(date(2026, 4, 1), date(2027, 3, 31))

days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
periods = st.builds(
    lambda start, length: Period(start, None if length is None else min(date.max, start + length * ONE_DAY)),
    days,
    st.none() | st.integers(0, 900),
)
covers = st.dictionaries(st.integers(1, 4), st.lists(periods, max_size=3), max_size=4)


def test_who_is_covered_today_adheres_and_who_is_not_any_more_is_struck_off():
    people = {1: [OPEN], 2: [OVER], 3: [COMING], 4: [OVER, COMING]}
    assert certified(ADHESION, people, None, TODAY) == {1: OPEN}
    assert certified(RADIATION, people, None, TODAY) == {2: OVER, 4: OVER}


def test_the_last_day_is_a_day_of_cover():
    assert certified(ADHESION, {1: [OVER]}, None, date(2026, 5, 31)) == {1: OVER}
    assert certified(RADIATION, {1: [OVER]}, None, date(2026, 6, 1)) == {1: OVER}


def test_portability_is_certified_only_when_the_contract_says_so_and_until_its_last_day():
    until = Period(date(2024, 1, 1), KEPT.end)
    assert certified(PORTABILITY, {1: [OPEN]}, None, TODAY) == {}
    assert certified(PORTABILITY, {1: [until], 2: [OVER]}, KEPT, TODAY) == {1: KEPT}
    assert certified(PORTABILITY, {1: [until]}, KEPT, KEPT.end) == {1: KEPT}
    assert certified(PORTABILITY, {1: [until]}, KEPT, KEPT.end + ONE_DAY) == {}


def test_a_cover_that_ended_since_no_longer_holds():
    told = certified(ADHESION, {1: [OPEN], 2: [OPEN]}, None, TODAY)
    now = {1: [Period(OPEN.start, date(2026, 8, 31))], 2: [OPEN]}
    assert still_holds(ADHESION, told, now, None, date(2026, 8, 31)) == {1: True, 2: True}
    assert still_holds(ADHESION, told, now, None, date(2026, 9, 1)) == {1: False, 2: True}
    assert last_day(now[1], date(2026, 9, 1)) == date(2026, 8, 31)


def test_a_radiation_no_longer_holds_once_the_cover_began_again_or_its_end_was_corrected():
    told = certified(RADIATION, {1: [OVER]}, None, TODAY)
    assert still_holds(RADIATION, told, {1: [OVER, COMING]}, None, TODAY) == {1: True}
    assert still_holds(RADIATION, told, {1: [OVER, COMING]}, None, date(2026, 7, 1)) == {1: False}
    assert still_holds(RADIATION, told, {1: [Period(OVER.start, date(2026, 6, 10))]}, None, TODAY) == {1: False}


@given(covers, st.none() | periods, days)
def test_nobody_adheres_and_is_struck_off_on_one_day(people, portability, today):
    assert not certified(ADHESION, people, None, today).keys() & certified(RADIATION, people, None, today).keys()
    for kind in CertificateKind:
        told = certified(kind, people, portability, today)
        assert told.keys() <= people.keys()
        assert all(still_holds(kind, told, people, portability, today).values())


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 1, 1), date(2026, 12, 31)),
        (date(2026, 3, 15), date(2027, 3, 14)),
        (date(2024, 2, 29), date(2025, 2, 28)),
    ],
)
def test_portability_lasts_twelve_months_at_most(start, end):
    assert longest_portability(start) == end
