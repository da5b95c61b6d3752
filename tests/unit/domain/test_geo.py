"""The plane on which the nearest practices are found, against the geodesics of WGS 84."""

from math import dist, nan

import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.geo import (
    GRAIN,
    PLANE_GAP,
    Point,
    arc,
    in_space,
    least_planar,
    most_planar,
    place,
    planar,
    planar_distance,
)

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
    assert least_planar(point, ground) - GRAIN <= drawn <= most_planar(point, ground) + GRAIN
    # And the bounds are of use: little is fetched for nothing.
    assert most_planar(point, ground) - least_planar(point, ground) <= 0.1 * drawn + GRAIN


@pytest.mark.parametrize("latitude", [-84.0, -4.3, 0.0, 0.2, 16.0, 48.9, 81.0])
@pytest.mark.parametrize("bearing", range(0, 360, 15))
def test_the_bounds_hold_all_round(latitude, bearing):
    """Along a meridian, and along the equator, they are all but reached."""
    point = Point(latitude, 2.0)
    for ground in (0.001, 1, 50, 100):
        there = geodesic(kilometers=ground).destination(point, bearing)
        drawn = planar_distance(planar(point, 0), planar(Point(there.latitude, there.longitude), 0))
        assert least_planar(point, ground) - GRAIN <= drawn <= most_planar(point, ground) + GRAIN


@given(st.builds(Point, st.floats(-85, 85), st.floats(-180, 180)), st.floats(-1.5, 1.5), st.floats(-1.5, 1.5))
def test_a_geodesic_is_between_its_chord_and_the_arc_over_it(point, north, east):
    other = Point(max(-85, min(85, point.latitude + north)), max(-180, min(180, point.longitude + east)))
    straight, ground = dist(in_space(point), in_space(other)), geodesic(point, other).km
    assert straight - GRAIN <= ground <= arc(straight) + GRAIN
    if ground <= 50:
        assert arc(straight) - straight <= 3e-6 * ground + GRAIN


@pytest.mark.parametrize("wrong", [Point(nan, 2), Point(48, nan), Point(91, 0), Point(-86, 0), Point(48, 181)])
def test_what_is_on_no_plane(wrong):
    assert not wrong.is_on_earth
    with pytest.raises(ValueError, match="not a place"):
        planar(wrong, 1)
