"""The practitioners of a speciality around a place, the nearest first (C87-C90).

The database gives those that are near on the plane (`domain.geo`), from the index and in that order; how far each is,
is the geodesic of WGS 84. The two orders differ by some hundredths of the distance, and by how much is bounded: what is
read goes as far on the plane as the last one of the page may lie, so that nobody nearer is left out.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from math import dist
from typing import Any
from uuid import UUID

from geopy.distance import geodesic
from sqlalchemy import BigInteger, Boolean, Double, Row, Select, Text, any_, bindparam, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from member_space.domain.cursor import NearCursor
from member_space.domain.geo import GRAIN, Point, arc, in_space, least_planar, most_planar
from member_space.models import Practice
from member_space.models.practitioner import PlanePoint
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
_AROUND = cast(bindparam("around"), PlanePoint)
_AWAY = Practice.place.op("<->", return_type=Double)(_AROUND)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search keeps; as they are, all. ``sectors``: some of `SECTORS`, any of them; empty for all.

    Whoever no source tells of is not kept: nobody is sent to a practitioner on a guess.
    """

    third_party: bool = False
    network: bool = False
    sectors: frozenset[str] = frozenset()


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


_COLUMNS = tuple(getattr(Practice, field.name) for field in fields(Shown))
_BY_ID = select(*_COLUMNS).where(Practice.shown, Practice.id == any_(bindparam("ids", type_=ARRAY(BigInteger))))
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
    query = _kept_by(filters.third_party, filters.network, bool(filters.sectors))
    values = {
        "around": specialities().by_code[speciality].planar(around),
        "sectors": list(filters.sectors),
        "optam": "optam" in filters.sectors,
    }

    def read(bounds: Mapping[str, float | None]) -> Sequence[Row[Any]]:
        return db.execute(query, {**values, **bounds}).all()

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


@lru_cache(maxsize=8)
def _kept_by(third_party: bool, network: bool, sectors: bool) -> Select[Any]:
    """Who is near on the plane, the nearest first, of those that filters keep: one statement a kind of search."""
    query = (
        select(Practice.id, Practice.latitude, Practice.longitude, _AWAY.label("away"))
        .where(
            Practice.shown,
            # The index is read within this circle alone: a rare speciality has no end otherwise.
            Practice.place.op("<@", return_type=Boolean)(func.circle(_AROUND, bindparam("reach", type_=Double))),
            bindparam("least", type_=Double) <= _AWAY,
        )
        .order_by(_AWAY)
        .limit(bindparam("most", type_=BigInteger))
    )
    if third_party:
        query = query.where(Practice.third_party.is_(True))
    if network:
        query = query.where(Practice.network.is_not(None))
    if sectors:
        among = Practice.sector == any_(bindparam("sectors", type_=ARRAY(Text)))
        query = query.where(or_(among, Practice.optam & bindparam("optam", type_=Boolean)))
    return query
