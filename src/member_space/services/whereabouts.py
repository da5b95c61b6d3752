"""Where a search is, with the communes of the product. What is typed, and a position, are answered and not kept."""

from functools import lru_cache

from member_space.domain.geo import Point
from member_space.domain.whereabouts import Places, Whereabouts
from member_space.services.commune import communes


@lru_cache(maxsize=1)
def _places() -> Places:
    """Made once a process: half a second."""
    return Places(communes())


def warm_up() -> None:
    """Make the table of places before it is asked for: a server's first search would wait for it."""
    _places()


def find_place(words: str) -> Whereabouts:
    """The place of « 75011 », « Paris 11e », « St Denis 93 ». Raises PlaceProblem, and nothing else."""
    return _places().find(words)


def place_of_key(key: str) -> Whereabouts | None:
    """The place that a link names (`Whereabouts.key`); None for anything else."""
    return _places().of_key(key)


def check_position(latitude: str, longitude: str) -> Point:
    """Where a telephone says that it is, in degrees WGS 84, a comma or a point before the decimals.

    Raises PlaceProblem: not a position, or further than `FURTHEST` from every commune.
    """
    return _places().check(latitude, longitude)
