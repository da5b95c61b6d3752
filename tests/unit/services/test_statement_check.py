"""The rules of whole columns say what the domain's say of one line."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from member_space.domain.money import WHOLE
from member_space.domain.reimbursement import LineAmounts, check_line, derive
from member_space.services.statement_check import Seen, doubtful
from member_space.services.statement_feed import AMOUNTS
from member_space.services.statement_rights import within

CENTS = st.integers(-5_000, 5_000) | st.integers(-(2**31), 2**31 - 1)
ANY_LINE = st.builds(LineAmounts, **{name: st.integers(0, WHOLE) if name == "amo_rate" else CENTS for name in AMOUNTS})
"""Any amounts at all: nearly none closes."""


@st.composite
def nearly_right(draw) -> LineAmounts:
    """A line that closes, or a cancellation, then at times one amount pushed away by some cents."""
    fee = draw(st.integers(-20_000, 20_000))
    sign = -1 if fee < 0 else 1
    part = st.integers(0, abs(fee)).map(lambda cents: cents * sign)
    line = derive(
        fee=fee,
        base=draw(part),
        amo_rate=draw(st.sampled_from([0, 1500, 3000, 6000, 6500, 7000, WHOLE])),
        participation=draw(st.sampled_from([0, 200])) * sign,
        franchise=draw(st.sampled_from([0, 100])) * sign,
        our_share=draw(part),
    )
    values = {name: getattr(line, name) for name in AMOUNTS}
    for name in draw(st.lists(st.sampled_from(sorted(set(AMOUNTS) - {"amo_rate"})), max_size=2)):
        values[name] += draw(st.integers(-3, 3))
    return LineAmounts(**values)


@given(st.lists(st.tuples(ANY_LINE | nearly_right(), st.booleans()), min_size=1, max_size=20))
def test_a_row_is_doubtful_exactly_when_the_domain_finds_something(lines):
    amounts = {name: np.array([getattr(line, name) for line, _ in lines], np.int64) for name in AMOUNTS}
    responsible = np.array([flag for _, flag in lines], bool)
    expected = [bool(check_line(line, responsible=flag)) for line, flag in lines]
    assert doubtful(amounts, responsible).tolist() == expected


@settings(deadline=None)  # the first call imports pandas
@given(st.lists(st.lists(st.sampled_from("abcdefg"), max_size=5), max_size=5))
def test_a_reference_comes_again_exactly_when_it_came_before(calls):
    seen, before, expected, found = Seen(), set(), [], []
    for references in calls:
        for reference in references:
            expected.append(reference in before)
            before.add(reference)
        if references:
            found += seen.again(np.array(references, object)).tolist()
    assert found == expected


@given(
    st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=3), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), max_size=20),
)
def test_a_day_is_within_exactly_when_it_is_in_one_of_its_periods(periods, rows):
    rows = [(code % len(periods), day) for code, day in rows]
    codes, days = (np.array([row[i] for row in rows], np.int64) for i in (0, 1))
    expected = [any(low <= day < high for low, high in periods[code]) for code, day in rows]
    assert within(periods, codes, days).tolist() == expected
