"""The practitioners of a speciality around a place, the nearest first (C87-C90).

The database gives those that are near on the plane (`domain.geo`), from the index and in that order; how far each is,
is the geodesic of WGS 84. The two orders differ by some hundredths of the distance, and by how much is bounded: what is
read goes as far on the plane as the last one of the page may lie, so that nobody nearer is left out.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import product
from math import dist
from typing import Any
from uuid import UUID

from geopy.distance import geodesic
from sqlalchemy import BigInteger, Boolean, Double, Row, Select, any_, bindparam, cast, column, func, join, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session

from member_space.domain.cursor import NearCursor
from member_space.domain.geo import GRAIN, Point, arc, in_space, least_planar, most_planar
from member_space.models import Practice
from member_space.models.base import IDS
from member_space.models.practitioner import FACTS_GAP, PlanePoint, facts_number
from member_space.services.speciality import specialities

RADII = (5, 10, 25, 50)
"""Kilometres that a member may choose."""
DEFAULT_RADIUS = 10
SECTORS = ("1", "optam", "2")
"""What a member may choose: sectors of a practice, and apart those of sector 2 whose fees are moderate (OPTAM)."""
PAGE = 20
READ_FIRST, READ_ON, READ_MORE = 3, 12, 8
"""Times what a page needs: of the first page, enough but where many are at one address or at the point of one town; of
the next ones, whose cursor has some beside it that were shown before; then so many times that, while those are more.
Each reading goes past all that is nearer, so that few are the cheapest."""
_ELLIPSOID = geodesic()
"""Of WGS 84, made once: geopy makes it anew for each distance that is asked for alone, a third of the time."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search keeps; as they are, all. ``sectors``: some of `SECTORS`, any of them; empty for all.

    Whoever no source tells of is not kept: nobody is sent to a practitioner on a guess.
    """

    third_party: bool = False
    network: bool = False
    sectors: frozenset[str] = frozenset()


EVERYBODY = Filters()


@dataclass(frozen=True, slots=True)
class Shown:
    """What is told of a place of practice, by the names of its columns (`models.Practice`)."""

    id: int
    public_id: UUID
    source: str
    speciality: str
    title: str
    last_name: str
    first_name: str
    structure: str
    complement: str
    street: str
    postcode: str
    insee: str
    town: str
    phone: str
    sector: str | None
    optam: bool | None
    carte_vitale: bool | None
    third_party: bool | None
    network: str | None
    price_class: str | None
    precision: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Found:
    """``distance``: kilometres, geodesic."""

    practice: Shown
    distance: float


@dataclass(frozen=True, slots=True)
class Results:
    """One page, and where to go on from: None when there is nothing further within the radius."""

    found: tuple[Found, ...]
    next: NearCursor | None


def _near(place: InstrumentedAttribute[Any]) -> Select[Any]:
    """Who is near on the plane, the nearest first, around one or several places of it, each on a plane of its own."""
    points = func.unnest(cast(bindparam("arounds"), ARRAY(PlanePoint)))
    arounds = points.table_valued(column("point", PlanePoint), name="around").render_derived()
    around = arounds.c.point
    away = place.op("<->", return_type=Double)(around)
    most = bindparam("most", type_=BigInteger)
    one = (
        select(Practice.id, Practice.latitude, Practice.longitude, away.label("away"))
        .where(
            Practice.shown,
            # The index is read within this circle alone: a rare speciality has no end otherwise.
            place.op("<@", return_type=Boolean)(func.circle(around, bindparam("reach", type_=Double))),
            bindparam("least", type_=Double) <= away,
        )
        .order_by(away)
        .limit(most)
        .lateral()
    )
    return select(one).select_from(join(arounds, one, true())).order_by(one.c.away).limit(most)


_NEAR = _near(Practice.place)
_NEAR_BY_FACTS = _near(Practice.place_by_facts)
_COLUMNS = tuple(getattr(Practice, field.name) for field in fields(Shown))
_BY_ID = select(*_COLUMNS).where(Practice.shown, Practice.id == any_(bindparam("ids", type_=IDS)))
_BY_PUBLIC_ID = select(*_COLUMNS).where(Practice.shown, Practice.public_id == bindparam("public_id"))


def search(
    db: Session,
    speciality: str,
    around: Point,
    radius: float,
    filters: Filters,
    after: NearCursor | None = None,
    size: int = PAGE,
) -> Results:
    """So many of a speciality (a code) within `radius` kilometres, in the order (distance, id), after a cursor.

    Two statements; three or four where what is read first does not tell, as in a crowd at one point. Raises
    KeyError for a speciality that is not, ValueError for a place that is not on Earth.
    """
    query, arounds = _NEAR, [specialities().by_code[speciality].planar(around)]
    if filters != EVERYBODY:
        query, arounds = _NEAR_BY_FACTS, [arounds[0].north(FACTS_GAP * number) for number in _facts_kept(filters)]

    def read(bounds: Mapping[str, float | None]) -> Sequence[Row[Any]]:
        return db.execute(query, {"arounds": arounds, **bounds}).all()

    nearest = _nearest(read, around, radius, after, size + 1)
    shown = _shown(db, [cursor.id for cursor in nearest[:size]])
    found = tuple(Found(shown[cursor.id], cursor.distance) for cursor in nearest[:size] if cursor.id in shown)
    return Results(found, nearest[size - 1] if len(nearest) > size else None)


def practice_of(db: Session, public_id: UUID) -> Shown | None:
    """The place of practice of this public id; None where there is none, or none that is shown."""
    row = db.execute(_BY_PUBLIC_ID, {"public_id": public_id}).one_or_none()
    return None if row is None else Shown(*row)


def _shown(db: Session, ids: list[int]) -> Mapping[int, Shown]:
    """By id; an import may have taken one away meanwhile."""
    return {row.id: Shown(*row) for row in db.execute(_BY_ID, {"ids": ids})} if ids else {}


def _nearest(
    read: Callable[[Mapping[str, float | None]], Sequence[Row[Any]]],
    around: Point,
    radius: float,
    after: NearCursor | None,
    count: int,
) -> list[NearCursor]:
    """The first `count` after a cursor.

    Rows come from where, on the plane, the cursor may lie at the nearest. Once there are enough, the last of them says
    how far the plane is to be read: if it was not, once more and up to there.
    """
    least = least_planar(around, after.distance) - GRAIN if after else 0.0
    reach = most_planar(around, radius) + GRAIN
    most: int | None = count * (READ_ON if after else READ_FIRST)
    while True:
        rows = read({"least": least, "reach": reach, "most": most})
        nearest = _nearest_of(rows, around, radius, after, count)
        if most is None or len(rows) < most:
            return nearest
        if len(nearest) < count:
            most *= READ_MORE
            continue
        further = most_planar(around, nearest[-1].distance) + GRAIN
        if further < rows[-1].away:
            return nearest
        reach, most = min(reach, further), None


def _nearest_of(
    rows: Iterable[Row[Any]], around: Point, radius: float, after: NearCursor | None, count: int
) -> list[NearCursor]:
    """The first `count` of these rows after a cursor; a geodesic is computed only of a point that may be of them."""
    at_point = defaultdict(list)
    for row in rows:
        at_point[Point(row.latitude, row.longitude)].append(row.id)
    kept: list[NearCursor] = []
    here = in_space(around)
    for straight, point in sorted((dist(here, in_space(point)), point) for point in at_point):
        if straight - GRAIN > (kept[-1].distance if len(kept) == count else radius):
            break
        if after and arc(straight) + GRAIN < after.distance:
            continue
        distance = _ELLIPSOID.measure(around, point)
        if distance <= radius:
            there = (NearCursor(distance, id_) for id_ in at_point[point])
            kept = sorted([*kept, *(one for one in there if after is None or one > after)])[:count]
    return kept


def _facts_kept(filters: Filters) -> Iterator[int]:
    """The sets of facts that pass."""
    known = (False, True)
    for third_party, network, optam, sector in product(known, known, known, ("", "1", "2")):
        among = sector in filters.sectors or (optam and "optam" in filters.sectors)
        if third_party >= filters.third_party and network >= filters.network and (among or not filters.sectors):
            yield facts_number(third_party, network, optam, sector)
