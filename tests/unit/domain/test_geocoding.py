"""What is believed of a geocoder."""

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.geo import Point
from member_space.domain.geocoding import Answer, Precision, precision_of

LYON = frozenset({"69383", "69123"})
HERE = Point(45.7, 4.8)


def answer(score=0.9, kind="housenumber", insee=("69383",), point=HERE):
    return Answer(point, score, kind, frozenset(insee))


@pytest.mark.parametrize(
    ("given_answer", "precision"),
    [
        (answer(), Precision.ADDRESS),
        (answer(score=0.5), Precision.ADDRESS),
        (answer(kind="street"), Precision.STREET),
        (answer(kind="locality"), Precision.STREET),
        (answer(insee=("69123",)), Precision.ADDRESS),
        (answer(insee=("01001", "69383")), Precision.ADDRESS),
        (answer(kind="municipality"), None),
        (answer(kind="poi"), None),
        (answer(score=0.49), None),
        (answer(score=nan), None),
        (answer(insee=("38185",)), None),
        (answer(insee=()), None),
        (answer(point=Point(nan, 4.8)), None),
        (answer(point=Point(95, 4.8)), None),
        (None, None),
    ],
)
def test_the_score_the_commune_and_the_kind_say(given_answer, precision):
    assert precision_of(given_answer, LYON) is precision


@given(st.floats(), st.text(), st.sets(st.sampled_from(["69383", "01001"])), st.floats(), st.floats())
def test_what_is_believed_is_sure_and_where_it_was_asked(score, kind, insee, latitude, longitude):
    if precision_of(answer(score, kind, insee, Point(latitude, longitude)), LYON):
        assert score >= 0.5
        assert "69383" in insee
        assert Point(latitude, longitude).is_on_earth
