"""What one may do from which age on, by the table that is shipped."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.birth import age_on
from member_space.domain.reference import AgeRule
from member_space.domain.reference_rows import ReferenceDataError, load_ages
from member_space.services.age import age_of, is_adult, last_birth_of_adults, may_have_account

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("rule", "day", "years"),
    [
        (AgeRule.ADULT, TODAY, 18),
        (AgeRule.ADULT, date(1974, 7, 7), 18),
        (AgeRule.ADULT, date(1974, 7, 6), 21),
        (AgeRule.ACCOUNT, TODAY, 16),
    ],
)
def test_the_age_is_the_one_in_force_on_the_day(rule, day, years):
    assert age_of(rule, day) == years


def test_a_day_before_the_oldest_row_has_no_age():
    with pytest.raises(ValueError, match="no age of account"):
        age_of(AgeRule.ACCOUNT, date(1999, 12, 31))


@pytest.mark.parametrize(
    ("birth", "may"),
    [
        (date(2010, 11, 20), True),
        (date(2010, 11, 21), False),
        (date(1926, 1, 1), True),
        (date(2026, 11, 21), False),  # not yet born: a feed may say so
    ],
)
def test_a_space_is_for_who_is_sixteen_on_that_day(birth, may):
    assert may_have_account(birth, TODAY) is may


@pytest.mark.parametrize(
    ("birth", "day", "adult"),
    [
        (date(2000, 5, 12), date(2018, 5, 11), False),
        (date(2000, 5, 12), date(2018, 5, 12), True),
        (date(2004, 2, 29), date(2022, 2, 28), False),
        (date(2004, 2, 29), date(2022, 3, 1), True),
        (date(2020, 1, 2), date(2020, 1, 1), False),
    ],
)
def test_of_age(birth, day, adult):
    assert is_adult(birth, day) is adult


@given(st.dates(date(1980, 1, 1), date(2100, 12, 31)), st.integers(0, 40_000))
def test_a_query_and_the_rule_say_the_same(day, lived):
    birth = day - timedelta(days=lived)
    assert is_adult(birth, day) == (birth <= last_birth_of_adults(day)) == (age_on(birth, day) >= 18)


def test_two_ages_of_one_rule_on_a_day_are_refused_with_their_line():
    row = {"rule": "adult", "age": "18", "starts_on": "2000-01-01", "ends_on": "", "source": "law", "confidence": "C"}
    other = row | {"rule": "account"}
    assert len(load_ages([row, other])) == 2
    with pytest.raises(ReferenceDataError, match="line 4: adult already has"):
        load_ages([row, other, row | {"starts_on": "2020-01-01"}])
    with pytest.raises(ReferenceDataError, match="whole number"):
        load_ages([row | {"age": "eighteen"}])
