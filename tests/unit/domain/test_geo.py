"""The plane on which the nearest practices are found, against the geodesics of WGS 84."""

from math import nan

import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.geo import PLANE_GAP, Point, least_ground, most_planar, place, planar, planar_distance

# Where French places are, and a margin: no search goes round the globe.
POINTS = st.builds(Point, st.floats(-60, 60), st.floats(-175, 175))
PLANES = st.integers(0, 99)


@given(POINTS, PLANES)
def test_the_plane_is_read_back(point, plane):
    there = place(planar(point, plane), plane)
    assert there.latitude == pytest.approx(point.latitude, abs=1e-7)
    assert there.longitude == pytest.approx(point.longitude, abs=1e-7)


@given(POINTS, PLANES, PLANES, POINTS)
def test_another_speciality_is_out_of_reach(point, plane, other, elsewhere):
    distance = planar_distance(planar(point, plane), planar(elsewhere, other))
    if plane != other:
        assert distance > PLANE_GAP / 2


@given(POINTS, st.floats(-0.6, 0.6), st.floats(-0.6, 0.6))
def test_what_the_plane_leaves_out_is_as_far_as_it_is_said(point, north, east):
    other = Point(point.latitude + north, point.longitude + east)
    drawn = planar_distance(planar(point, 7), planar(other, 7))
    ground = geodesic(point, other).km
    assert least_ground(point, drawn) <= ground + 1e-6
    assert most_planar(point, ground) >= drawn - 1e-6
    # And the bound is of use: little is fetched for nothing.
    assert least_ground(point, drawn) >= 0.95 * ground - 1e-6


@pytest.mark.parametrize("wrong", [Point(nan, 2), Point(48, nan), Point(91, 0), Point(-86, 0), Point(48, 181)])
def test_what_is_on_no_plane(wrong):
    assert not wrong.is_on_earth
    with pytest.raises(ValueError, match="not a place"):
        planar(wrong, 1)
