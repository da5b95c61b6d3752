"""Lines of any directory, in the one form in which they are laid down: who, what, where, and how they are told apart.

Every distinct value of a chunk is read once, then spread over the rows: twenty thousand lines have some hundreds of
towns and specialities.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import LargeBinary, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from member_space.domain.commune import town_key
from member_space.domain.geo import Point
from member_space.domain.practitioner import department, digest, name_key, phone_of, street_key, without_delivery
from member_space.domain.speciality import Speciality
from member_space.models.practitioner import STAGED, GeocodedAddress
from member_space.services.commune import communes
from member_space.services.feed import Report
from member_space.services.practitioner_file import Chunk

if TYPE_CHECKING:
    import pandas as pd

Texts = npt.NDArray[np.object_]
Mask = npt.NDArray[np.bool_]
FACTS = ("sector", "optam", "carte_vitale", "third_party", "network", "price_class")
SAID = ("rpps", "title", "last_name", "first_name", "structure", "complement", "street", "phone", *FACTS)
"""What a source says that is kept as it says it, once cleaned."""
COLUMNS = tuple(column.name for column in STAGED)
LONGEST = 200


def each(values: "pd.Series | npt.NDArray[Any]", read: Callable[[Any], Any]) -> Texts:
    """`read` of every value, each distinct one once."""
    import pandas as pd

    codes, distinct = pd.factorize(np.asarray(values, object))
    found = np.empty(len(distinct), object)
    found[:] = [read(value) for value in distinct]
    return found[codes]


def clean(text: str) -> str:
    """A text on one line, without what is not to be seen nor backslashes, which COPY reads; `LONGEST` at most."""
    text = " ".join(text.split())
    if not text.isprintable() or "\\" in text:
        text = "".join(character for character in text if character.isprintable() and character != "\\")
    return text[:LONGEST]


def capitals(text: str) -> str:
    """A name in capitals as it is read: « MARIE-CLAUDE » → « Marie-Claude »; another one as it is."""
    return text.title() if text.isupper() else text


@dataclass(frozen=True, slots=True)
class Town:
    """Where a line says that it is, in our table. `whole`: the code of the commune, though a part of it is named."""

    insee: str
    name: str
    postcode: str
    whole: str
    point: Point
    precision: str


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
    return Town(one.insee, one.name, own, one.within or one.insee, where.point, "town" if where.exact else "area")


@dataclass(slots=True)
class Lines:
    """Rows of a chunk. `speciality`: None where nothing of ours; `place_key`: how the source calls a structure's place.

    `columns`: those of SAID, cleaned, with None where nobody says. Rows that are left aside or refused are not `kept`.
    """

    source: str
    numbers: npt.NDArray[np.int64]
    columns: dict[str, Texts]
    speciality: Texts
    place_key: Texts
    insee: Texts
    postcode: Texts
    town: Texts
    kept: Mask
    aside: Counter[str] = field(default_factory=Counter)

    def leave(self, where: Mask, why: str) -> None:
        """Leave rows out that the search is not for; `why` is counted, and is no fault."""
        rows = where & self.kept
        self.aside[why] += int(rows.sum())
        self.kept &= ~rows

    def refuse(self, where: Mask, column: str, reason: str, report: Report) -> None:
        """Leave rows out that should not be so."""
        rows = where & self.kept
        for number in self.numbers[rows].tolist():
            report.refuse(number, column, "", reason)
        self.kept &= ~rows


def lines_of(source: str, chunk: Chunk, said: dict[str, Texts], speciality: Texts, place_key: Texts) -> Lines:
    """Rows as their source read them; what it does not say is empty."""
    frame, count = chunk.frame, len(chunk.lines)
    nothing = np.full(count, None, object)
    columns = {
        name: said.get(name, nothing if name in FACTS or name == "rpps" else np.full(count, "", object))
        for name in SAID
    }
    return Lines(
        source,
        np.array(chunk.lines, np.int64),
        columns,
        speciality,
        place_key,
        np.asarray(frame["insee"], object),
        np.asarray(frame["postcode"], object),
        np.asarray(frame["town"], object),
        np.ones(count, bool),
    )


def staged(db: Session, lines: Lines, report: Report) -> tuple[npt.NDArray[np.int64], Texts, dict[str, Texts]]:
    """The rows to lay down: their lines, the numbers of their planes, and the columns of `COLUMNS`.

    Refuses those that are nowhere, or nobody's.
    """
    lines.leave(np.array([one is None for one in lines.speciality], bool), "other_speciality")
    lines.leave((lines.postcode == "") & (lines.insee == ""), "no_place")
    nameless = (lines.columns["last_name"] == "") & (lines.columns["structure"] == "")
    lines.refuse(nameless, "", "ni nom ni raison sociale", report)
    where = list(zip(lines.insee.tolist(), lines.postcode.tolist(), lines.town.tolist(), strict=True))
    towns = np.empty(len(where), object)
    towns[:] = [town_of(*one) if kept else None for one, kept in zip(where, lines.kept.tolist(), strict=True)]
    lines.refuse(np.array([one is None for one in towns], bool), "", "code postal et commune inconnus", report)
    rows = np.flatnonzero(lines.kept)
    columns = {name: values[rows] for name, values in lines.columns.items()}
    return lines.numbers[rows], *_columns(
        db, lines.source, columns, lines.speciality[rows], lines.place_key[rows], towns[rows]
    )


def _columns(
    db: Session, source: str, said: dict[str, Texts], found: Texts, place_key: Texts, towns: Texts
) -> tuple[Texts, dict[str, Texts]]:
    columns = said | {
        "source": np.full(len(found), source, object),
        "speciality": _all(one.code for one in found),
        "postcode": _all(town.postcode for town in towns),
        "insee": _all(town.insee for town in towns),
        "town": _all(town.name for town in towns),
    }
    is_structure = np.array([one.structure for one in found], bool)
    for name in ("last_name", "first_name", "title"):
        columns[name] = np.where(is_structure, "", columns[name])
    columns["rpps"] = np.where(is_structure, None, columns["rpps"])
    nobody = np.asarray(columns["last_name"] == "", bool)
    columns["name_key"] = np.where(nobody, each(columns["structure"], name_key), each(columns["last_name"], name_key))
    columns["first_key"] = each(columns["first_name"], name_key)
    streets = each(columns["street"], street_key).tolist()
    columns["address_key"] = _all(
        digest(street, town.postcode, town.whole) for street, town in zip(streets, towns, strict=True)
    )
    columns |= _identities(source, columns, nobody, place_key)
    columns["content"] = _all(
        digest(*["" if value is None else str(value) for value in row])
        for row in zip(*(columns[name] for name in (*SAID, "speciality", "postcode", "insee", "town")), strict=True)
    )
    columns |= _places(db, columns["address_key"], found, towns)
    return _all(one.plane for one in found), columns


def _identities(source: str, columns: dict[str, Texts], nobody: Mask, place_key: Texts) -> dict[str, Texts]:
    """Who and where, as the same at each import: one person has one place an address, a structure one a SIRET."""
    people, places = [], []
    names = ("rpps", "name_key", "first_key", "speciality", "postcode", "address_key")
    for no_one, own, *row in zip(nobody, place_key, *(columns[name] for name in names), strict=True):
        rpps, name, first, speciality, postcode, address = row
        if no_one:
            person = f"structure:{own or digest(name, address.hex()).hex()}"
            place: tuple[str, ...] = (person, speciality)
        else:
            person = f"rpps:{rpps}" if rpps else f"{name}|{first}|{speciality}|{department(postcode)}"
            place = (person, speciality, address.hex())
        people.append(person)
        places.append(digest(source, *place).hex())
    return {"person_key": _all(people), "public_id": _all(places)}


def _places(db: Session, addresses: Texts, found: Texts, towns: Texts) -> dict[str, Texts]:
    """Where rows are: as the geocoder said of their address, else where their town is."""
    wanted = list(set(addresses.tolist()))
    asked = select(
        GeocodedAddress.address_key, GeocodedAddress.latitude, GeocodedAddress.longitude, GeocodedAddress.precision
    ).where(GeocodedAddress.address_key == any_(bindparam(None, wanted, type_=ARRAY(LargeBinary))))
    known = {
        key: (Point(latitude, longitude), precision)
        for key, latitude, longitude, precision in db.execute(asked)
        if precision is not None
    }
    points, precisions, places = [], [], []
    for address, speciality, town in zip(addresses, found, towns, strict=True):
        point, precision = known.get(address) or (town.point, town.precision)
        points.append(point)
        precisions.append(precision)
        places.append(_planar_text(speciality, point))
    return {
        "latitude": _all(point.latitude for point in points),
        "longitude": _all(point.longitude for point in points),
        "precision": _all(precisions),
        "place": _all(places),
    }


@lru_cache(maxsize=100_000)
def _planar_text(speciality: Speciality, point: Point) -> str:
    x, y = speciality.planar(point)
    return f"({x!r},{y!r})"


def _all(values: Iterable[Any]) -> Texts:
    values = list(values)
    found = np.empty(len(values), object)
    found[:] = values
    return found


def phones(texts: "pd.Series", report: Report) -> Texts:
    """Telephone numbers; one that cannot be read is left out, and counted."""
    found = each(texts, phone_of)
    report.counts["phones_unread"] += int(((found == "") & np.array([bool(text) for text in texts], bool)).sum())
    return found
