"""The town of a line of a directory: the commune that its code, postcode and name mean, and where that is."""

from dataclasses import dataclass
from functools import lru_cache

from member_space.domain.commune import town_key
from member_space.domain.geo import planar
from member_space.domain.practitioner import department, without_delivery
from member_space.services.commune import communes


@dataclass(frozen=True, slots=True)
class Town:
    """Where a line says that it is, in our table. `whole`: the code of the commune, though a part of it is named.

    `x`, `y`: on the first plane (`domain.geo`). What is laid down as it is, is a text.
    """

    insee: str
    name: str
    postcode: str
    whole: str
    latitude: str
    longitude: str
    precision: str
    x: float
    y: str


@lru_cache(maxsize=100_000)
def town_of(insee: str, postcode: str, name: str) -> Town | None:
    """The commune of its code, else of its postcode and name, else the largest of the postcode; None when unknown.

    A CEDEX postcode is of no commune: the commune's own is kept instead.
    """
    table = communes()
    name = without_delivery(name)
    here = table.of(postcode)
    key = town_key(name)
    one = table.get(insee) or next((commune for commune in here if town_key(commune.name) == key), None)
    if one is None:
        elsewhere = [
            commune for commune in table.named(name) if department(commune.postcodes[0]) == department(postcode)
        ]
        one = next(iter(here or elsewhere), None)
    if one is None:
        return None
    own = postcode if here else one.postcodes[0]
    one = table.closer(one, own)
    where = table.locate(one.insee, own)
    if where is None:
        return None
    x, y = planar(where.point, 0)
    return Town(
        one.insee,
        one.name,
        own,
        one.within or one.insee,
        repr(where.point.latitude),
        repr(where.point.longitude),
        "town" if where.exact else "area",
        x,
        repr(y),
    )
