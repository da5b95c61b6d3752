"""The fields of a request, each as it is typed."""

import colander
import pytest

from member_space.forms.request import Whole

DAYS = colander.SchemaNode(Whole(), missing=None)


@pytest.mark.parametrize(("typed", "days"), [("1", 1), (" 30 ", 30), ("365", 365), ("007", 7), ("", None)])
def test_a_number_of_days_is_read(typed, days):
    assert DAYS.deserialize(typed) == days


@pytest.mark.parametrize("typed", ["0", "366", "-1", "1,5", "²", "٣", "0365000", "0001" + "1" * 5000])
def test_any_other_is_refused_however_long(typed):
    with pytest.raises(colander.Invalid):
        DAYS.deserialize(typed)
