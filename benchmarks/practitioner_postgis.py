"""A peer of the search of practitioners: the same rows in PostGIS, on Debian's PostgreSQL 15, a server of its own.

Its distances are geodesic, its index is of speciality and place, and its statement gives the columns of a page: the
best that it was found to do. It is kept under var/, and made again when our rows are.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from sqlalchemy import Engine

from benchmarks.large import ROOT, libpq
from member_space.domain.geo import Point
from member_space.services.practitioner_search import PAGE, Shown

BINARIES = Path("/usr/lib/postgresql/15/bin")
EXTENSION = Path("/usr/share/postgresql/15/extension/postgis.control")
DATA = ROOT / "var/postgis-15"
SETTINGS = "-c listen_addresses='' -c max_parallel_workers_per_gather=0 -c fsync=off"
COLUMNS = ", ".join(field.name for field in fields(Shown))
_TABLE: LiteralString = """
create extension if not exists postgis;
create extension if not exists btree_gist;
drop table if exists practice;
create table practice (
  id bigint, public_id uuid, source text, speciality text, title text, last_name text, first_name text, structure text,
  complement text, street text, postcode text, insee text, town text, phone text, sector text, optam boolean,
  carte_vitale boolean, third_party boolean, network text, price_class text, precision text, latitude float8,
  longitude float8, place geography(point)
)
"""
# With the radius in the same condition (ST_DWithin), it gathers and sorts all that are within: a hundred times slower.
_NEAREST = f"""
select * from (
  select {COLUMNS}, place <-> %(around)s::geography as distance from practice where speciality = %(speciality)s
  order by place <-> %(around)s::geography limit {PAGE + 1}
) nearest where distance <= %(radius)s
"""


@contextmanager
def postgis(ours: Engine) -> Iterator[psycopg.Connection[Any] | None]:
    """A connection to the peer, which has our shown rows; None, and the reason said, where it cannot be."""
    if not (EXTENSION.exists() and (BINARIES / "initdb").exists()):
        sys.stderr.write("practitioner_search: PostGIS skipped, postgresql-15-postgis-3 is not installed\n")
        yield None
        return
    with tempfile.TemporaryDirectory() as sockets:
        _own(Path(sockets))
        try:
            _start(sockets)
        except (OSError, subprocess.CalledProcessError) as error:
            sys.stderr.write(f"practitioner_search: PostGIS skipped, its server does not start: {error}\n")
            yield None
            return
        try:
            with psycopg.connect(f"host={sockets} dbname=postgres user=postgres", autocommit=True) as peer:
                _fill(peer, ours)
                yield peer
        finally:
            _run("pg_ctl", "-D", str(DATA), "-m", "fast", "-w", "stop")


def nearest(peer: psycopg.Connection[Any], speciality: str, around: Point, radius: float) -> list[Any]:
    """Its answer: the columns of a page and one more, the nearest first, within so many kilometres."""
    values = {
        "around": f"SRID=4326;POINT({around.longitude!r} {around.latitude!r})",
        "speciality": speciality,
        "radius": radius * 1000,
    }
    return peer.execute(_NEAREST, values).fetchall()


def _start(sockets: str) -> None:
    if not (DATA / "PG_VERSION").exists():
        DATA.mkdir(parents=True, exist_ok=True)
        _own(DATA)
        _run("initdb", "-D", str(DATA), "-U", "postgres", "-A", "trust", "--no-sync")
    _run("pg_ctl", "-D", str(DATA), "-l", str(DATA / "log"), "-o", f"{SETTINGS} -k {sockets}", "-w", "start")


def _own(folder: Path) -> None:
    """PostgreSQL does not run as root: the user of Debian's package does then."""
    if os.geteuid() == 0:
        folder.chmod(0o700)
        subprocess.run(["chown", "postgres", folder], check=True)


def _run(program: str, *arguments: str) -> None:
    who: dict[str, Any] = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    subprocess.run([BINARIES / program, *arguments], check=True, stdout=subprocess.DEVNULL, cwd="/", **who)


def _fill(peer: psycopg.Connection[Any], ours: Engine) -> None:
    """Its table, unless it is that of our database as it is."""
    with psycopg.connect(libpq(ours.url.render_as_string(hide_password=False))) as source:
        query = "select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()"
        needed = f"{ours.url.database} {source.execute(query).fetchone()}"
        made = peer.execute("select obj_description(to_regclass('practice'))").fetchone()
        if made == (needed,):
            return
        sys.stderr.write("  the rows of PostGIS\n")
        peer.execute(_TABLE)
        place = "'SRID=4326;POINT(' || longitude || ' ' || latitude || ')'"
        read = source.cursor().copy(f"copy (select {COLUMNS}, {place} from practice where shown) to stdout")
        with read as out, peer.cursor().copy(f"copy practice ({COLUMNS}, place) from stdin") as into:
            for chunk in out:
                into.write(chunk)
    peer.execute("create index on practice using gist (speciality, place)")
    peer.execute("vacuum analyze practice")
    peer.execute(psycopg.sql.SQL("comment on table practice is {}").format(needed))
