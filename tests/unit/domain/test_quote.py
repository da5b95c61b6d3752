"""What an estimate keeps, and that its shares make its price."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.allowance import Measure
from member_space.domain.guarantee import CapPeriod
from member_space.domain.quote import Ceiling, LineEstimate, Option, Totals, from_json, totals_of

CENTS = st.integers(0, 50_000_000)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
CEILINGS = st.builds(
    Ceiling,
    st.text(max_size=20),
    st.sampled_from(Measure).map(lambda one: one.value),
    st.sampled_from(CapPeriod).map(lambda one: one.value),
    CENTS,
    CENTS,
    CENTS,
    st.none() | DAYS,
)
OPTIONS = st.builds(Option, st.text(max_size=20), st.none() | CENTS, st.none() | CENTS)


@st.composite
def estimates(draw) -> LineEstimate:
    amo, ours, rest = draw(CENTS), draw(CENTS), draw(CENTS)
    words = st.none() | st.text(max_size=20)
    return LineEstimate(
        price=amo + ours + rest,
        base=draw(st.none() | CENTS),
        amo=amo,
        ours=ours,
        rest=rest,
        zero_reason=draw(words),
        guarantee=draw(words),
        article=draw(words),
        ceilings=tuple(draw(st.lists(CEILINGS, max_size=2))),
        option=draw(st.none() | OPTIONS),
        table_label=draw(st.text(max_size=20)),
        day=draw(DAYS),
        computed_on=draw(DAYS),
    )


@given(estimates())
def test_an_estimate_comes_back_as_it_was_kept(one):
    assert from_json(json.loads(json.dumps(one.to_json()))) == one


@given(st.lists(estimates(), max_size=5))
def test_totals_are_the_sum_of_the_lines_and_make_the_price(several):
    totals = totals_of(several)
    assert totals.price == sum(one.price for one in several) == totals.amo + totals.ours + totals.rest
    assert totals_of([]) == Totals()


@given(estimates(), st.integers(1, 100))
def test_shares_that_do_not_make_the_price_are_no_estimate(one, cents):
    with pytest.raises(ValueError, match="is not"):
        replace(one, rest=one.rest + cents)
    with pytest.raises(ValueError, match="is not"):
        from_json(one.to_json() | {"amo": one.amo + cents})


@given(estimates())
def test_another_version_is_not_guessed(one):
    for version in (0, 2, None):
        with pytest.raises(ValueError, match="version"):
            from_json(one.to_json() | {"version": version})


def test_what_is_left_of_a_ceiling_is_never_below_zero():
    ceiling = Ceiling("Forfait", "amount", "civil_year", 10_000, 4_000, 12_000)
    assert (ceiling.left_before, ceiling.left_after) == (6_000, 0)
