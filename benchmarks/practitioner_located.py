"""The practices of `practitioner_data` as the search knows them once the geocoder was asked: half at their own address.

As they are brought in, all those of a town are at one point; at an address each they take more geodesics.
"""

from functools import partial
from pathlib import Path

import psycopg
from sqlalchemy import Engine

from benchmarks.large import PACKAGE, TODAY, ensure, libpq, settings, version_of
from benchmarks.practitioner_data import MAKERS, ensure_practices
from member_space.config import cipher_from
from member_space.models import Practice
from member_space.models.practitioner import PLACES_INDEXES
from member_space.services.demo.large import load_large

PRACTICES = 1_200_000
MEMBERS = 100
"""Who look at the page."""
_MOVED = """
select {columns}, point(place[0] + 6378.137 * radians(new.longitude - practice.longitude),
  6378.137 * ln(tan(pi() / 4 + radians(new.latitude) / 2))), new.latitude, new.longitude, new.precision
from practice cross join lateral (
  select case when hashint8extended(id, 3) & 1 = 0 then 0.012 * sqrt(-2 * ln({unit_1})) end as away,
    2 * pi() * {unit_2} as bearing
) step cross join lateral (
  select coalesce(round((latitude + away * cos(bearing))::numeric, 6)::float8, latitude) as latitude,
    coalesce(round((longitude + away * sin(bearing) / cos(radians(latitude)))::numeric, 6)::float8, longitude)
      as longitude, case when away is null then precision else 'address' end as precision
) new
where shown and id % {step} = 0
"""


def ensure_located(count: int) -> Engine:
    """The engine of a database of about so many places, those that are shown, half of them at an address of their own.

    A smaller one has each so-manieth of the largest, so that both are spread alike.
    """
    version = version_of([Path(__file__), *(PACKAGE / name for name in MAKERS), PACKAGE / "models/practitioner.py"])
    return ensure(f"located_{count}", version, partial(_locate, PRACTICES // count))


def _locate(step: int, engine: Engine) -> None:
    moved = ("place", "latitude", "longitude", "precision")
    columns = ", ".join(one.name for one in Practice.__table__.c if one.name not in moved and one.computed is None)
    units = {f"unit_{n}": f"(((hashint8extended(id, {n}) & 1048575) + 1) / 1048577.0)" for n in (1, 2)}
    for index in PLACES_INDEXES:
        index.drop(engine)
    everyone = ensure_practices(PRACTICES)
    with psycopg.connect(_libpq(everyone)) as source, psycopg.connect(_libpq(engine)) as target:
        read = source.cursor().copy(f"copy ({_MOVED.format(columns=columns, step=step, **units)}) to stdout")
        with read as out, target.cursor().copy(f"copy practice ({columns}, {', '.join(moved)}) from stdin") as into:
            for chunk in out:
                into.write(chunk)
    everyone.dispose()
    for index in PLACES_INDEXES:
        index.create(engine)
    with engine.begin() as connection:
        load_large(connection.connection.driver_connection, cipher_from(settings()), MEMBERS, TODAY, lambda *_: None)


def _libpq(engine: Engine) -> str:
    return libpq(engine.url.render_as_string(hide_password=False))
