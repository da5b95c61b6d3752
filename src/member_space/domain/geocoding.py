"""What is believed of a geocoder's answer: it always has one, even for nonsense.

The score says how sure it is; the commune and the kind of place say whether it is the one that was asked for.
"""

from dataclasses import dataclass
from enum import StrEnum

from member_space.domain.geo import Point

LEAST_SCORE = 0.5
"""Below it, answers of the Base adresse nationale are of another street or town."""


class Precision(StrEnum):
    """How exactly a place is known."""

    ADDRESS = "address"
    STREET = "street"


_KINDS = {"housenumber": Precision.ADDRESS, "street": Precision.STREET, "locality": Precision.STREET}
"""A town's middle (``municipality``) is no news: we have it."""


@dataclass(frozen=True, slots=True)
class Address:
    """What is asked: a public place, never who is there. ``insee``: of the commune, or of a part of it."""

    street: str
    postcode: str
    insee: str
    town: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``kind``: housenumber, street, locality or municipality. ``insee``: every code of its commune."""

    point: Point
    score: float
    kind: str
    insee: frozenset[str]


def precision_of(answer: Answer | None, communes: frozenset[str]) -> Precision | None:
    """How exactly an answer tells where an address of one of these communes is; None when it is not to be believed.

    ``communes``: the code asked, that of its whole commune, and those of its parts.
    """
    if answer and answer.score >= LEAST_SCORE and answer.point.is_on_earth and answer.insee & communes:
        return _KINDS.get(answer.kind)
    return None
