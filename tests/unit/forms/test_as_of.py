"""A day as people type it."""

from datetime import date

import colander
import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.forms.as_of import FIRST_YEAR, LAST_YEAR, AsOf, Day

DAYS = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))


def read(text):
    return AsOf().deserialize({"au": text})["au"]


@given(DAYS, st.sampled_from("/.- "))
def test_every_day_is_read_back_in_each_way_of_writing(day, between):
    assert read(f"{day.day}{between}{day.month}{between}{day.year}") == day
    assert read(f" {day:%d/%m/%Y} ") == day
    assert read(day.isoformat()) == day
    assert Day().serialize(None, day) == f"{day:%d/%m/%Y}"


@pytest.mark.parametrize("nothing", ["", "   ", colander.null])
def test_no_day_is_today(nothing):
    assert read(nothing) is None


@given(st.text())
def test_any_text_is_a_day_or_a_refusal_with_its_words(text):
    words = None
    try:
        found = read(text)
    except colander.Invalid as invalid:
        found, words = "refused", invalid.children[0].msg
    assert words if found == "refused" else (found is None or isinstance(found, date))


@given(st.integers(), st.integers(), st.integers())
def test_no_number_makes_it_fail_otherwise(day, month, year):
    try:
        found = read(f"{day}/{month}/{year}")
    except colander.Invalid:
        return
    assert (found.day, found.month, found.year) == (day, month, year)


def test_a_year_of_thousands_of_digits_is_one_that_is_too_long():
    with pytest.raises(colander.Invalid) as refused:
        read("1/1/" + "9" * 5_000)
    assert "quatre chiffres" in refused.value.children[0].msg
