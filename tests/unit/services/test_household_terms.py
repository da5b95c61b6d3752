"""The terms of a contract follow each other without gap nor overlap, whatever the feed tells."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.period import Period
from member_space.services.feed import FeedValueError
from member_space.services.household_feed import TermsFacts
from member_space.services.household_terms import next_terms

START = date(2024, 1, 1)
CONTRACT = Period(START)


def facts(plan: str) -> TermsFacts:
    return TermsFacts(plan, "0775999998", "Mutuelle", None, None, True, None, None, None, None)


TOLD = st.lists(st.tuples(st.sampled_from("ABC"), st.none() | st.integers(0, 1000)), min_size=1, max_size=8)


@given(TOLD)
def test_terms_cover_the_contract_from_their_first_day_each_day_once(told):
    known = []
    for plan, day in told:
        starts = None if day is None else START + timedelta(day)
        try:
            known = next_terms(known, facts(plan), starts, CONTRACT)
        except FeedValueError:
            continue
        assert known[-1].facts == facts(plan)
        assert known[-1].before is None
        assert all(one.before == other.start for one, other in pairwise(known))
        assert all(one.start < other.start for one, other in pairwise(known))
        assert next_terms(known, facts(plan), starts, CONTRACT) == known


def test_the_last_terms_end_with_the_contract():
    [terms] = next_terms([], facts("A"), None, Period(START, date(2024, 12, 31)))
    assert (terms.start, terms.before) == (START, date(2025, 1, 1))
    [reopened] = next_terms([terms], facts("A"), None, CONTRACT)
    assert reopened.before is None


@pytest.mark.parametrize("starts", [None, START - timedelta(1)])
def test_other_terms_need_a_day_that_is_not_before_the_last_ones(starts):
    known = next_terms([], facts("A"), None, CONTRACT)
    with pytest.raises(FeedValueError):
        next_terms(known, facts("B"), starts, CONTRACT)


def test_a_feed_that_says_nothing_of_the_table_keeps_the_one_that_is_known():
    known = next_terms([], replace(facts("A"), guarantee_table="T1"), START, CONTRACT)
    assert next_terms(known, facts("A"), None, CONTRACT) == known
    assert next_terms(known, facts("B"), START + timedelta(9), CONTRACT)[-1].facts.guarantee_table == "T1"
