"""Lines of any directory, in the one form in which they are laid down: who, what, where, and how they are told apart.

Every distinct value of a chunk is read once, then spread over the rows: twenty thousand lines have some hundreds of
specialities and streets, some thousands of towns.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sqlalchemy import LargeBinary, Text, func, select
from sqlalchemy.orm import Session

from member_space.domain.geo import PLANE_GAP, Point
from member_space.domain.practitioner import (
    BETWEEN,
    department,
    digest,
    name_key,
    phone_of,
    street_key,
)
from member_space.models.practitioner import STAGED, GeocodedAddress
from member_space.services.feed import Report
from member_space.services.practitioner_file import Chunk
from member_space.services.practitioner_town import Town, town_of

if TYPE_CHECKING:
    import pandas as pd

Texts = npt.NDArray[np.object_]
Mask = npt.NDArray[np.bool_]
FACTS = ("sector", "optam", "carte_vitale", "third_party", "network", "price_class")
SAID = ("rpps", "title", "last_name", "first_name", "structure", "complement", "street", "phone", *FACTS)
"""What a source says that is kept as it says it, once cleaned."""
COLUMNS = tuple(column.name for column in STAGED)
POSITION = ("latitude", "longitude", "precision")
LONGEST = 200


def each(values: "pd.Series | npt.NDArray[Any]", read: Callable[[Any], Any]) -> Texts:
    """`read` of every value, each distinct one once."""
    import pandas as pd

    codes, distinct = pd.factorize(np.asarray(values, object))
    found = np.empty(len(distinct), object)
    found[:] = [read(value) for value in distinct]
    return found[codes]


def together(*columns: Texts) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The combinations of several columns: a row of each, and the number of every row's."""
    import pandas as pd

    numbers = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        codes, distinct = pd.factorize(column)
        numbers = numbers * len(distinct) + codes
    _numbers, first, which = np.unique(numbers, return_index=True, return_inverse=True)
    return first, which


def clean(text: str) -> str:
    """A text on one line, without what is not to be seen nor backslashes, which COPY reads; `LONGEST` at most."""
    text = " ".join(text.split())
    if not text.isprintable() or "\\" in text:
        text = "".join(character for character in text if character.isprintable() and character != "\\")
    return text[:LONGEST]


def capitals(text: str) -> str:
    """A name in capitals as it is read: « MARIE-CLAUDE » → « Marie-Claude »; another one as it is."""
    return text.title() if text.isupper() else text


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
    first, where = together(lines.insee, lines.postcode, lines.town)
    towns = _all(map(town_of, lines.insee[first], lines.postcode[first], lines.town[first]))
    unknown = np.array([one is None for one in towns], bool)
    lines.refuse(unknown[where], "", "code postal et commune inconnus", report)
    rows = np.flatnonzero(lines.kept)
    columns = {name: values[rows] for name, values in lines.columns.items()}
    return lines.numbers[rows], *_columns(
        db, lines.source, columns, lines.speciality[rows], lines.place_key[rows], Towns(towns, where[rows])
    )


class Towns(NamedTuple):
    """The towns of rows: those that there are, and which of them every row has."""

    distinct: Texts
    which: npt.NDArray[np.intp]

    def each(self, read: Callable[[Town], Any]) -> Texts:
        """`read` of the town of every row; of one that is not known, which no row has, nothing."""
        return _all(one and read(one) for one in self.distinct)[self.which]


def _columns(
    db: Session, source: str, said: dict[str, Texts], found: Texts, place_key: Texts, towns: Towns
) -> tuple[Texts, dict[str, Texts]]:
    columns = said | {
        "source": np.full(len(found), source, object),
        "speciality": _all(one.code for one in found),
        "postcode": towns.each(attrgetter("postcode")),
        "insee": towns.each(attrgetter("insee")),
        "town": towns.each(attrgetter("name")),
    }
    is_structure = np.array([one.structure for one in found], bool)
    for name in ("last_name", "first_name", "title"):
        columns[name] = np.where(is_structure, "", columns[name])
    columns["rpps"] = np.where(is_structure, None, columns["rpps"])
    nobody = np.asarray(columns["last_name"] == "", bool)
    columns["name_key"] = np.where(nobody, each(columns["structure"], name_key), each(columns["last_name"], name_key))
    columns["first_key"] = each(columns["first_name"], name_key)
    ends = towns.each(lambda town: BETWEEN + BETWEEN.join((town.postcode, town.whole)))
    columns["address_key"] = _all(map(digest, _street_keys(columns["street"]) + ends))
    columns |= _identities(source, columns, nobody, place_key)
    told = [columns[name] for name in (*SAID, "speciality", "postcode", "insee", "town")]
    columns["content"] = _all(map(digest, map(BETWEEN.join, zip(*map(_texts, told), strict=True))))
    columns |= _places(db, columns["address_key"], found, towns)
    return _all(one.plane for one in found), columns


def _street_keys(streets: Texts) -> Texts:
    """As `street_key`, of the number and of the rest apart: the rest is the same along a street."""
    parts = [street.partition(" ") for street in streets]
    numbers, rests = (each(_all(part[i] for part in parts), street_key) for i in (0, 2))
    between = np.where((numbers != "") & (rests != ""), " ", "")
    found: Texts = numbers + between + rests
    return found


def _texts(values: Texts) -> list[str]:
    """What is said by values, some of which may not be texts; nothing by None."""
    return [value if value.__class__ is str else "" if value is None else str(value) for value in values.tolist()]


def _identities(source: str, columns: dict[str, Texts], nobody: Mask, place_key: Texts) -> dict[str, Texts]:
    """Who and where, as the same at each import: one person has one place an address, a structure one a SIRET."""
    people, places = [], []
    names = ("rpps", "name_key", "first_key", "speciality", "postcode", "address_key")
    rows = zip(nobody.tolist(), place_key.tolist(), *(columns[name].tolist() for name in names), strict=True)
    for no_one, own, rpps, name, first, speciality, postcode, address in rows:
        if no_one:
            person = f"structure:{own or digest(name, address)}"
            places.append(digest(source, person, speciality))
        else:
            person = f"rpps:{rpps}" if rpps else f"{name}|{first}|{speciality}|{department(postcode)}"
            places.append(digest(source, person, speciality, address))
        people.append(person)
    return {"person_key": _all(people), "public_id": _all(places)}


def _places(db: Session, addresses: Texts, found: Texts, towns: Towns) -> dict[str, Texts]:
    """Where rows are: as the geocoder said of their address, else where their town is."""
    columns = {name: towns.each(attrgetter(name)) for name in POSITION}
    # The planes are side by side: only x is another one on each.
    xs = towns.each(attrgetter("x")).astype(float) + np.array([one.plane for one in found], float) * PLANE_GAP
    places = _all(f"({x!r},{y})" for x, y in zip(xs.tolist(), towns.each(attrgetter("y")).tolist(), strict=True))
    known = _geocoded(db, addresses)
    for row, address in enumerate(addresses) if known else ():
        if geocoded := known.get(address):
            point, columns["precision"][row] = geocoded
            columns["latitude"][row], columns["longitude"][row] = repr(point.latitude), repr(point.longitude)
            x, y = found[row].planar(point)
            places[row] = f"({x!r},{y!r})"
    return columns | {"place": places}


def _geocoded(db: Session, addresses: Texts) -> dict[str, tuple[Point, str]]:
    """What the geocoder said of these addresses, by their keys."""
    # One text, as an array of so many bytes is long to write.
    asked = func.unnest(func.string_to_array(",".join(set(addresses)), ","), type_=Text).column_valued()
    rows = db.execute(
        select(func.encode(GeocodedAddress.address_key, "hex"), *(getattr(GeocodedAddress, name) for name in POSITION))
        .where(GeocodedAddress.precision.is_not(None))
        .where(GeocodedAddress.address_key.in_(select(func.decode(asked, "hex", type_=LargeBinary))))
    )
    return {key: (Point(latitude, longitude), precision) for key, latitude, longitude, precision in rows}


def _all(values: Iterable[Any]) -> Texts:
    values = list(values)
    found = np.empty(len(values), object)
    found[:] = values
    return found


def phones(texts: "pd.Series", report: Report) -> Texts:
    """Telephone numbers; one that cannot be read is left out, and counted."""
    found = each(texts, phone_of)
    report.counts["phones_unread"] += int(((found == "") & (np.asarray(texts, object) != "")).sum())
    return found
