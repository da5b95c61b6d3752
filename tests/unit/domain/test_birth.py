from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.birth import NoemieBirthDate, age_on, latest_birth

days = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2000, 5, 12), date(2018, 5, 11), 17),
        (date(2000, 5, 12), date(2018, 5, 12), 18),
        (date(2004, 2, 29), date(2022, 2, 28), 17),
        (date(2004, 2, 29), date(2022, 3, 1), 18),
        (date(2004, 2, 29), date(2024, 2, 29), 20),
        (date(2020, 1, 1), date(2020, 1, 1), 0),
    ],
)
def test_age(birth, day, age):
    assert age_on(birth, day) == age


def test_before_birth():
    with pytest.raises(ValueError, match="before the birth"):
        age_on(date(2020, 1, 2), date(2020, 1, 1))


@given(days, st.integers(0, 40_000))
def test_age_grows_by_at_most_one_a_day(birth, lived):
    day = birth + timedelta(days=lived)
    assert age_on(birth, day + timedelta(days=1)) - age_on(birth, day) in (0, 1)


@given(days, st.integers(0, 100))
def test_the_latest_birth_of_an_age_is_the_last_day_that_has_it(day, age):
    birth = latest_birth(age, day)
    assert age_on(birth, day) >= age
    assert birth + timedelta(days=1) > day or age_on(birth + timedelta(days=1), day) < age


@given(days)
def test_noemie_form(birth):
    assert NoemieBirthDate.from_date(birth).raw == birth.strftime("%d%m%y")


def test_early_years_keep_two_digits():
    assert NoemieBirthDate.from_date(date(1907, 3, 2)).raw == "020307"


@pytest.mark.parametrize("raw", ["000000", "000074", "310274", "019974"])
def test_lunar_and_unknown_dates_are_kept(raw):
    assert NoemieBirthDate(raw).raw == raw
    assert NoemieBirthDate(raw).is_known == (raw != "000000")


@pytest.mark.parametrize("raw", ["", "12345", "1234567", "12/345", "١٢٣٤٥٦"])
def test_anything_else_is_refused(raw):
    with pytest.raises(ValueError, match="six digits"):
        NoemieBirthDate(raw)
