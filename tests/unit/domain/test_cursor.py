"""The text of a place in a list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.cursor import NearCursor


@given(st.floats(0, 20_100), st.integers(0, 10**18 - 1))
def test_a_distance_is_read_back_to_its_last_figure(distance, number):
    cursor = NearCursor(abs(distance), number)
    assert NearCursor.parse(str(cursor)) == cursor


@pytest.mark.parametrize(
    "wrong",
    [
        *("", "1", "1_", "_1", "1.5", "-1.0_1", "nan_1", "inf_1", "1e9_1", "1.0_1 ", "1.0_-1", "1.0_1_1", "1,0_1"),
        *("1.0_1\n", "٣.0_1", "9" * 400 + "_1", "1._1", "1.0e-5_" + "1" * 19),
    ],
)
def test_anything_else_is_no_cursor(wrong):
    with pytest.raises(ValueError, match="not a place"):
        NearCursor.parse(wrong)
