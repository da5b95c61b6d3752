"""What the script of the map is told: the list says the rest (static/practitioner_map.js)."""

from typing import NamedTuple

from member_space.domain.geo import Point
from member_space.settings import MapTiles


class MapShown(NamedTuple):
    """``radius``: in kilometres, around `around`. Tiles are empty where the office sets none."""

    around: Point
    radius: int
    tiles: str
    attribution: str


def map_of(tiles: MapTiles | None, around: Point | None, radius: int) -> MapShown | None:
    """The map of a search; None before there is one."""
    if around is None:
        return None
    return MapShown(around, radius, tiles.url if tiles else "", tiles.attribution if tiles else "")
