"""Places on the globe, and the plane on which the database finds the nearest ones.

PostgreSQL's own ``point`` knows nothing of the globe: on a plane of kilometres it orders by straight lines. The plane
is Mercator's, which keeps angles: a straight line of ``d`` near the latitude φ is ``d · cos φ`` on the ground, so that
what is near on the plane is near on the ground, and how near is bounded (`most_planar`, `least_planar`).
Each speciality lies on a plane of its own, beside the others (`planar`): one index gives the nearest of a speciality,
however rare.

Distances shown are geodesic (WGS 84); those of the plane only choose what is looked at.
"""

from math import asin, atan, cos, degrees, exp, hypot, isfinite, log, pi, radians, sin, sqrt, tan
from typing import NamedTuple

RADIUS = 6_378.137
"""Kilometres: the equator's, of WGS 84, as in the Mercator plane of web maps."""
ECCENTRICITY = 0.006_694_379_990_14
"""Of the ellipsoid of WGS 84, squared."""
SHARPEST = RADIUS * (1 - ECCENTRICITY)
"""Kilometres: the radius of the circle that the ellipsoid bends like where it bends most."""
GRAIN = 1e-6
"""Kilometres that no comparison of distances depends on: the plane of the fiftieth speciality begins five million
kilometres away, where a float is a millionth of a metre from the next."""
PLANE_GAP = 100_000
"""Kilometres between the planes of two specialities: the plane is 40 075 wide, so that no other is within reach."""
FURTHEST_LATITUDE = 85.0
"""Degrees: Mercator's plane has no poles, nor has the directory."""


class Point(NamedTuple):
    """Degrees north and east, WGS 84."""

    latitude: float
    longitude: float

    @property
    def is_on_earth(self) -> bool:
        """Whether it is a place that the plane has; not a number is none."""
        return (
            isfinite(self.latitude)
            and isfinite(self.longitude)
            and abs(self.latitude) <= FURTHEST_LATITUDE
            and abs(self.longitude) <= 180
        )


class Planar(NamedTuple):
    """Kilometres on the plane of a speciality."""

    x: float
    y: float

    def north(self, kilometres: float) -> "Planar":
        """The place so far above it on the drawing."""
        return Planar(self.x, self.y + kilometres)


def planar(point: Point, plane: int) -> Planar:
    """Where a place lies on plane number `plane`. Raises ValueError for what is not on Earth, or too near a pole."""
    if not point.is_on_earth:
        raise ValueError("not a place on Earth")
    latitude = radians(point.latitude)
    return Planar(
        RADIUS * radians(point.longitude) + plane * PLANE_GAP,
        RADIUS * _drawn(latitude),
    )


def place(planar: Planar, plane: int) -> Point:
    """The place that lies there: `planar` backwards."""
    latitude = 2 * atan(exp(planar.y / RADIUS)) - pi / 2
    return Point(degrees(latitude), degrees((planar.x - plane * PLANE_GAP) / RADIUS))


def most_planar(around: Point, ground: float) -> float:
    """Kilometres on the plane within which lies whatever is at most `ground` kilometres away (444 at most).

    Of all ways of one length on the ground, that along the meridian to the pole is drawn longest: M·cos φ kilometres
    are drawn as R, and that falls towards the pole. It ends no further than φ + ground/M, as M grows on the way.
    """
    latitude = radians(abs(around.latitude))
    last = radians(FURTHEST_LATITUDE + 4)  # short of the pole, which the plane has not: four degrees are 444 km
    end = min(latitude + ground / _meridian(latitude), last)
    return RADIUS * (_drawn(end) - _drawn(latitude))


def least_planar(around: Point, ground: float) -> float:
    """Kilometres on the plane that whatever is at least `ground` kilometres away is away at least.

    Of all lines of one length on the plane, that along the meridian to the equator is longest on the ground: R is drawn
    of N·cos φ kilometres at most, and that grows towards the equator, where it is R. It gets no further than to
    φ - ground/N, as N shrinks on the way; what is left at the equator goes along it.
    """
    latitude = radians(abs(around.latitude))
    normal = _normal(latitude)
    end = max(latitude - ground / normal, 0)
    return RADIUS * (_drawn(latitude) - _drawn(end)) + max(ground - normal * latitude, 0)


def arc(chord: float) -> float:
    """Kilometres that a geodesic is long at most whose ends are `chord` apart in a straight line (`in_space`).

    It is no shorter than its chord. Of two curves over one chord, the longer is the one that bends more (Schur), and
    none bends more here than a circle of radius `SHARPEST`. So a chord tells two places apart to some millionths of
    their distance within the radius of a search, a hundred times sooner than a geodesic is computed.
    """
    return 2 * SHARPEST * asin(chord / (2 * SHARPEST))


def in_space(point: Point) -> tuple[float, float, float]:
    """Kilometres from the middle of the Earth, towards (0, 0), (0, 90) and the North Pole."""
    latitude, longitude = radians(point.latitude), radians(point.longitude)
    normal = _normal(latitude)
    from_axis = normal * cos(latitude)
    return (
        from_axis * cos(longitude),
        from_axis * sin(longitude),
        normal * (1 - ECCENTRICITY) * sin(latitude),
    )


def _normal(latitude: float) -> float:
    """N: kilometres that the ellipsoid's bend eastwards, at a latitude in radians, has as its radius."""
    return RADIUS / sqrt(1 - ECCENTRICITY * sin(latitude) ** 2)


def _meridian(latitude: float) -> float:
    """M: the same of its bend northwards, never the longer of the two."""
    return _normal(latitude) ** 3 * (1 - ECCENTRICITY) / RADIUS**2


def _drawn(latitude: float) -> float:
    """Where the plane has a latitude, both in radians."""
    return log(tan(pi / 4 + latitude / 2))


def planar_distance(one: Planar, other: Planar) -> float:
    """Kilometres in a straight line, as the database has it."""
    return hypot(one.x - other.x, one.y - other.y)
