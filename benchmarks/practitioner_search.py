"""The search of practitioners over 1,200,000 places: its time, beside PostGIS and a twelfth of the rows; its answers,
beside the geodesics of all.
"""

import math
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from io import StringIO
from itertools import cycle, product
from random import Random
from typing import Any
from urllib.parse import urlencode

from geopy.distance import geodesic
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from benchmarks.home_and_list import Peer, app_with, asking, best_in_turns, sessions_of
from benchmarks.measure import beside, best_of, under
from benchmarks.practitioner_located import PRACTICES, ensure_located
from benchmarks.practitioner_postgis import nearest, postgis
from member_space.domain.cursor import NearCursor
from member_space.domain.geo import Point
from member_space.security.logs import configure_logging
from member_space.services.commune import communes
from member_space.services.practitioner_search import PAGE, RADII, SECTORS, Filters, search
from member_space.services.sessions import close_session
from member_space.services.speciality import specialities

Result = dict[str, object]

FEWER = 100_000
PLACES = {
    "Paris": Point(48.8534, 2.3488),
    "a village": Point(44.2447, 3.6535),
    "Guadeloupe": Point(16.2411, -61.5331),
}
TYPED = {"Paris": "Paris", "a village": "Barre-des-Cévennes", "Guadeloupe": "Pointe-à-Pitre"}
EVERYBODY = Filters()
COMMON, RARE = "gp", "pathologist"
SEARCHES = 40
"""Of each speciality around each place, each from a point of its own."""
RUNS = 3
COMPARED = 1_000
MOST_PAGES = 3
MILLISECONDS = 20
PAGE_MILLISECONDS = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """One search; `name`: what its figures stand under."""

    name: str
    speciality: str
    around: Point
    radius: int
    filters: Filters = EVERYBODY
    after: NearCursor | None = None

    def __call__(self, db: Session) -> Any:
        return search(db, self.speciality, self.around, self.radius, self.filters, self.after)


def run() -> list[Result]:
    """The answers compared, then each time, the noise of the machine on both of what is set side by side."""
    configure_logging("json", StringIO())
    large, small = ensure_located(PRACTICES), ensure_located(FEWER)
    try:
        with Session(large) as db, Session(small) as fewer:
            return [
                _compared(fewer),
                *_timed(db),
                _grown(db, fewer),
                _pages(large, db),
                *_beside_postgis(large, db),
            ]
    finally:
        large.dispose(), small.dispose()


def _asked(random: Random) -> Iterator[Asked]:
    """Those whose time is looked at: the first page, as most are."""
    for place, center in PLACES.items():
        for speciality in (COMMON, RARE):
            for _ in range(SEARCHES):
                name = f"{place}, {speciality}"
                yield Asked(name, speciality, _near(center, random), random.choice(RADII))


def _timed(db: Session) -> list[Result]:
    """The 95th of a hundred searches, each the best of its runs, geodesics included."""
    random = Random(1)
    asked = list(_asked(random))
    paris = PLACES["Paris"]
    asked += [
        Asked("Paris, gp, with filters", COMMON, _near(paris, random), random.choice(RADII), _some_filters(random))
        for _ in range(SEARCHES)
    ]
    times: dict[str, list[float]] = {}
    for one in asked:
        one(db)
        times.setdefault(one.name, []).append(1000 * best_of(RUNS, partial(one, db)))
    last = Asked("", COMMON, paris, 50, after=NearCursor(49.9, 0))
    nobody = Asked("", COMMON, paris, 50, Filters(sectors=frozenset({"unknown"})))
    return [
        *(under(f"search, {name}: 95 of 100", _high(column), "ms", MILLISECONDS) for name, column in times.items()),
        under("search, gp, the last of those within 50 km of Paris", _milliseconds(last, db), "ms", PAGE_MILLISECONDS),
        under("search, gp, a filter that nobody passes there", _milliseconds(nobody, db), "ms", PAGE_MILLISECONDS),
    ]


def _pages(large: Engine, db: Session) -> Result:
    """The 95th of a hundred pages of a member, in process, each the best of its runs: words read, list drawn."""
    opened = sessions_of(db)
    app, times = app_with(Peer(large)), []
    wanted = product(TYPED.values(), (COMMON, RARE), RADII, ({}, {"tiers-payant": "1"}))
    for (place, speciality, radius, kept), (_, token) in zip(wanted, cycle(opened), strict=False):
        asked = {"specialite": speciality, "lieu": place, "rayon": radius} | kept
        ask = asking(app, f"/professionnels-de-sante?{urlencode(asked)}", token)
        ask()
        times.append(1000 * best_of(RUNS, ask))
    for session_id, _ in opened:
        close_session(db, session_id)
    db.commit()
    return under("search, the whole page: 95 of 100", _high(times), "ms", PAGE_MILLISECONDS)


def _grown(db: Session, fewer: Session) -> Result:
    """The same searches, 50 km wide, over both sizes: those that fill a page in both, so that both do the same."""
    asked = [Asked(one.name, one.speciality, one.around, 50) for one in _asked(Random(2))]
    full = [one for one in asked if min(len(one(db).found), len(one(fewer).found)) == PAGE]
    times = [best_in_turns(RUNS, partial(one, db), partial(one, fewer)) for one in full]
    large, small = (1000 * statistics.mean(column) for column in zip(*times, strict=True))
    return beside(f"search, {PRACTICES} practices, beside {FEWER}", large, "ms", 1.3, peer=small)


def _beside_postgis(large: Engine, db: Session) -> list[Result]:
    """What the database does of a search, its statements through psycopg, beside PostGIS's one."""
    with postgis(large) as peer:
        if peer is None:
            return []
        times: dict[str, list[list[float]]] = {}
        for one in _asked(Random(3)):
            again = _statements_of(large, db, one)
            theirs = partial(nearest, peer, one.speciality, one.around, one.radius)
            times.setdefault(one.name, []).append(best_in_turns(RUNS, again, theirs))
    rows = {name: [1000 * statistics.mean(one) for one in zip(*both, strict=True)] for name, both in times.items()}
    for name, (ours, theirs_) in rows.items():
        sys.stderr.write(f"  {name}: {ours:.2f} ms in the database, PostGIS {theirs_:.2f} ms\n")
    ours, theirs_ = (statistics.mean(column) for column in zip(*rows.values(), strict=True))
    return [beside("search, its statements, beside PostGIS", ours, "ms", 1.2, peer=theirs_)]


def _statements_of(engine: Engine, db: Session, one: Asked) -> Callable[[], None]:
    """What runs again, through psycopg, the statements of one search."""
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        statements.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    one(db)
    event.remove(engine, "before_cursor_execute", note)
    connection = db.connection().connection.driver_connection

    def again() -> None:
        for statement, parameters in statements:
            connection.execute(statement, parameters).fetchall()

    return again


def _compared(db: Session) -> Result:
    """Random searches, up to some pages of each, beside the geodesics of all practices of the speciality."""
    random = Random(4)
    towns = [one.point for one in communes() if one.point and one.population]
    codes = [*specialities().by_code]
    wrong = rows = 0
    for _ in range(COMPARED):
        center = random.choice((random.choice(towns), *PLACES.values()))
        speciality = random.choice((COMMON, *random.sample(codes, 2)))
        one = Asked("", speciality, _near(center, random), random.choice(RADII), _some_filters(random))
        expected = _by_brute_force(db, one)[: MOST_PAGES * PAGE]
        found = list(_walked(db, one))
        wrong += found != expected
        rows += len(expected)
    sys.stderr.write(f"  {COMPARED} random searches, {rows} answers compared with brute force: {wrong} differ\n")
    name = f"search, answers of {COMPARED} that are not those of brute force, {FEWER} practices"
    return under(name, wrong, "searches", 1) | {"goal": 0, "ok": wrong == 0}


def _walked(db: Session, one: Asked) -> Iterator[tuple[float, int]]:
    after = None
    for _ in range(MOST_PAGES):
        page = search(db, one.speciality, one.around, one.radius, one.filters, after)
        yield from ((found.distance, found.practice.id) for found in page.found)
        after = page.next
        if after is None:
            return


def _by_brute_force(db: Session, one: Asked) -> list[tuple[float, int]]:
    """All geodesics, but of those whose latitude alone is too far: a degree of it is 110.5 km at least."""
    degrees = one.radius / 110.5
    rows = db.execute(
        text("select * from practice where shown and speciality = :code and latitude between :least and :most"),
        {"code": one.speciality, "least": one.around.latitude - degrees, "most": one.around.latitude + degrees},
    )
    away = cache(lambda latitude, longitude: geodesic(one.around, (latitude, longitude)).km)
    kept = (row for row in rows if _passes(row, one.filters))
    every = ((away(row.latitude, row.longitude), row.id) for row in kept)
    return sorted((distance, number) for distance, number in every if distance <= one.radius)


def _passes(row: Any, filters: Filters) -> bool:
    sector = row.sector in filters.sectors or (row.optam is True and "optam" in filters.sectors)
    return (
        (row.third_party is True or not filters.third_party)
        and (row.network is not None or not filters.network)
        and (sector or not filters.sectors)
    )


def _some_filters(random: Random) -> Filters:
    sectors = random.sample(SECTORS, random.choice((0, 0, 1, 2)))
    return Filters(random.random() < 0.3, random.random() < 0.2, frozenset(sectors))


def _near(center: Point, random: Random) -> Point:
    """Within a kilometre or so; now and then the point of the town itself, where many of it stand."""
    spread = random.choice((0, 0.01, 0.01))
    east = random.gauss(0, spread) / math.cos(math.radians(center.latitude))
    return Point(center.latitude + random.gauss(0, spread), center.longitude + east)


def _milliseconds(one: Asked, db: Session) -> float:
    one(db)
    return 1000 * best_of(RUNS, partial(one, db))


def _high(column: list[float]) -> float:
    return sorted(column)[math.ceil(0.95 * len(column)) - 1]
