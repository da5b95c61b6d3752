"""Places on the globe, and the plane on which the database finds the nearest ones.

PostgreSQL's own ``point`` knows nothing of the globe: on a plane of kilometres it orders by straight lines. The plane
is Mercator's, which keeps angles: a straight line of ``d`` near the latitude φ is ``d · cos φ`` on the ground, so that
what is near on the plane is near on the ground, and how near is bounded (`ground_bounds`). Each speciality lies on a
plane of its own, beside the others (`planar`): one index gives the nearest of a speciality, however rare.

Distances shown are geodesic (WGS 84); those of the plane only choose what is looked at.
"""

from math import asin, atan, cos, degrees, dist, exp, hypot, isfinite, log, pi, radians, sin, sqrt, tan
from typing import NamedTuple

RADIUS = 6_378.137
"""Kilometres: the equator's, of WGS 84, as in the Mercator plane of web maps."""
FLATTEST = 0.9932
"""A geodesic of WGS 84 is never shorter than the same on the sphere of `RADIUS`, times this: (1 - e²), at the equator
along a meridian, where the ellipsoid curves most."""
LONGEST = 1.00337
"""Nor longer than that, times this: 1 / √(1 - e²), at a pole, where the ellipsoid curves least."""
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


def planar(point: Point, plane: int) -> Planar:
    """Where a place lies on plane number `plane`. Raises ValueError for what is not on Earth, or too near a pole."""
    if not point.is_on_earth:
        raise ValueError("not a place on Earth")
    latitude = radians(point.latitude)
    return Planar(
        RADIUS * radians(point.longitude) + plane * PLANE_GAP,
        RADIUS * log(tan(pi / 4 + latitude / 2)),
    )


def place(planar: Planar, plane: int) -> Point:
    """The place that lies there: `planar` backwards."""
    latitude = 2 * atan(exp(planar.y / RADIUS)) - pi / 2
    return Point(degrees(latitude), degrees((planar.x - plane * PLANE_GAP) / RADIUS))


def least_ground(around: Point, distance: float) -> float:
    """Kilometres on the ground that whatever lies at least `distance` kilometres away on the plane is away at least.

    On the plane a step at latitude φ is drawn 1/cos φ times as long. A place at g on the ground is within g of the
    latitude of `around`, so it lies at most g / cos(φ + g/R) away: `least_ground` is the g at which that bound is
    `distance`. The ellipsoid shortens it by `FLATTEST` at most.
    """
    latitude = radians(abs(around.latitude))
    low, high = 0.0, min(distance, (radians(FURTHEST_LATITUDE) - latitude) * RADIUS)
    for _ in range(60):
        middle = (low + high) / 2
        if middle / cos(latitude + middle / RADIUS) <= distance:
            low = middle
        else:
            high = middle
    return low * FLATTEST


def most_planar(around: Point, ground: float) -> float:
    """Kilometres on the plane within which lies whatever is at most `ground` kilometres away: `least_ground` back."""
    sphere = ground / FLATTEST
    latitude = min(radians(abs(around.latitude)) + sphere / RADIUS, radians(FURTHEST_LATITUDE))
    return sphere / cos(latitude)


def least_planar(around: Point, ground: float) -> float:
    """Kilometres on the plane that whatever lies at least `ground` kilometres away is away at least.

    A line of p on the plane strays to latitudes no nearer the equator than φ - p/R, where a step of it is cos(φ - p/R)
    as long on the ground: `least_planar` is the p at which that is `ground`. The ellipsoid lengthens it by `LONGEST`
    at most.
    """
    latitude = radians(abs(around.latitude))
    low, high = 0.0, ground / cos(latitude)
    for _ in range(60):
        middle = (low + high) / 2
        if LONGEST * middle * cos(max(latitude - middle / RADIUS, 0)) <= ground:
            low = middle
        else:
            high = middle
    return low


def chord(one: Point, other: Point) -> float:
    """Kilometres in a straight line through the Earth: a geodesic is no shorter, and no longer than its `arc`.

    It tells two places apart to some millionths of their distance within the radius of a search, a hundred times
    sooner than a geodesic is computed.
    """
    return dist(_in_space(one), _in_space(other))


def arc(chord: float) -> float:
    """Kilometres that a geodesic over this chord is long at most: of two curves over one chord, the longer is the one
    that bends more (Schur), and no geodesic bends more than a circle of radius `SHARPEST`. Below its diameter.
    """
    return 2 * SHARPEST * asin(chord / (2 * SHARPEST))


def _in_space(point: Point) -> tuple[float, float, float]:
    latitude, longitude = radians(point.latitude), radians(point.longitude)
    normal = RADIUS / sqrt(1 - ECCENTRICITY * sin(latitude) ** 2)
    from_axis = normal * cos(latitude)
    return (
        from_axis * cos(longitude),
        from_axis * sin(longitude),
        normal * (1 - ECCENTRICITY) * sin(latitude),
    )


def planar_distance(one: Planar, other: Planar) -> float:
    """Kilometres in a straight line, as the database has it."""
    return hypot(one.x - other.x, one.y - other.y)
