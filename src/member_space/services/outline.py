"""The outline of the land under a map without tiles: made of published borders, as lines that neighbours share.

A border between two départements is simplified once, so that both keep meeting along it, and written once, which
halves the file. docs/outline.md names the sources.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import cos, hypot, radians
from typing import Any

GRAIN = 10_000
"""Of a degree: what is written is some ten metres exact."""
TOLERANCE = 0.0014
"""Degrees of latitude, some 150 metres: how far a line that is written may be from the one of the source."""
COLLECTIVITIES = ("540", "258", "652", "663", "666", "876")
"""ISO numbers of the overseas collectivities, which the map of the IGN has not: New Caledonia, French Polynesia,
Saint-Barthélemy, Saint-Martin, Saint-Pierre-et-Miquelon, Wallis-et-Futuna."""

Position = tuple[float, float]
"""Longitude and latitude, in degrees."""
Line = tuple[Position, ...]


def lands_of(features: Iterable[Mapping[str, Any]]) -> list[list[Line]]:
    """The rings of each feature of a GeoJSON collection, holes among them; each ends where it begins.

    Raises KeyError, TypeError or ValueError for another file.
    """
    return [
        [tuple((x, y) for x, y in ring) for polygon in _polygons(one["geometry"]) for ring in polygon]
        for one in features
    ]


def lands_of_topology(topology: Mapping[str, Any], ids: Sequence[str]) -> list[list[Line]]:
    """The rings of some countries of a quantized TopoJSON, as `lands_of`. Raises as it does."""
    (scale_x, scale_y), (left, low) = (topology["transform"][name] for name in ("scale", "translate"))

    def arc(number: int) -> list[Position]:
        x, y, line = 0, 0, []
        for step_x, step_y in topology["arcs"][number if number >= 0 else ~number]:
            x, y = x + step_x, y + step_y
            line.append((left + x * scale_x, low + y * scale_y))
        return line if number >= 0 else line[::-1]

    def ring(numbers: Iterable[int]) -> Line:
        lines = [arc(number) for number in numbers]
        return (*(position for line in lines for position in line[:-1]), lines[0][0])

    by_id = {one.get("id"): one for one in topology["objects"]["countries"]["geometries"]}
    return [[ring(one) for polygon in _polygons(by_id[id_], "arcs") for one in polygon] for id_ in ids]


def _polygons(geometry: Mapping[str, Any], name: str = "coordinates") -> list[Any]:
    if geometry["type"] not in ("Polygon", "MultiPolygon"):
        raise ValueError("an outline is made of polygons")
    return list(geometry[name]) if geometry["type"] == "MultiPolygon" else [geometry[name]]


def written(lands: Sequence[Sequence[Line]]) -> str:
    """The JSON that `static/practitioner_map.js` draws.

    ``arcs``: lines, each a longitude and a latitude in 1/`GRAIN` of a degree, then steps from there; ``lands``: of each
    land its rings, each the numbers of its arcs, ``~n`` for one that is followed backwards. Islands that the tolerance
    makes nothing of are left out.
    """
    ends = _ends(ring for rings in lands for ring in rings)
    numbers: dict[Line, int] = {}
    arcs: list[list[int]] = []
    drawn = []
    for rings in lands:
        kept = []
        for ring in rings:
            followed = []
            positions = 0
            for line in _cut(ring, ends):
                way = min(line, line[::-1])
                if way not in numbers:
                    numbers[way] = len(arcs)
                    arcs.append(_steps(_simplified(way)))
                followed.append(numbers[way] if way == line else ~numbers[way])
                positions += len(arcs[numbers[way]]) // 2 - 1
            if positions > 2:
                kept.append(followed)
        drawn.append(kept)
    return json.dumps({"grain": GRAIN, "arcs": arcs, "lands": drawn}, separators=(",", ":")) + "\n"


def _ends(rings: Iterable[Line]) -> set[Position]:
    """Where lines end: whatever has other neighbours in one ring than in another."""
    beside: dict[Position, set[Position]] = defaultdict(set)
    for ring in rings:
        for one, other in pairwise(ring):
            beside[one].add(other)
            beside[other].add(one)
    return {position for position, neighbours in beside.items() if len(neighbours) > 2}


def _cut(ring: Line, ends: set[Position]) -> Iterator[Line]:
    """The lines of a ring between its ends; the whole of it when it has none, from the same position whoever has it."""
    open_ring = ring[:-1]
    start = next((i for i, position in enumerate(open_ring) if position in ends), open_ring.index(min(open_ring)))
    turned = (*open_ring[start:], *open_ring[: start + 1])
    since = 0
    for i in range(1, len(turned)):
        if turned[i] in ends or i == len(turned) - 1:
            yield turned[since : i + 1]
            since = i


def _simplified(line: Line) -> list[Position]:
    """The positions that are needed for no other to be further than the tolerance (Douglas and Peucker)."""
    kept, parts = {0, len(line) - 1}, [(0, len(line) - 1)]
    narrow = cos(radians(line[0][1]))
    flat = [(x * narrow, y) for x, y in line]
    while parts:
        first, last = parts.pop()
        away, furthest = max(
            ((_from_line(flat[i], flat[first], flat[last]), i) for i in range(first + 1, last)), default=(0.0, first)
        )
        if away > TOLERANCE:
            kept.add(furthest)
            parts += [(first, furthest), (furthest, last)]
    return [line[i] for i in sorted(kept)]


def _from_line(one: Position, start: Position, end: Position) -> float:
    x, y = end[0] - start[0], end[1] - start[1]
    length = x * x + y * y
    along = max(0.0, min(1.0, ((one[0] - start[0]) * x + (one[1] - start[1]) * y) / length)) if length else 0.0
    return hypot(one[0] - start[0] - along * x, one[1] - start[1] - along * y)


def _steps(line: Sequence[Position]) -> list[int]:
    """The first position, then the step to each next one; steps of nothing are left out."""
    steps: list[int] = []
    before = (0, 0)
    for x, y in line:
        here = round(x * GRAIN), round(y * GRAIN)
        if not steps or here != before:
            steps += (here[0] - before[0], here[1] - before[1])
        before = here
    return steps
