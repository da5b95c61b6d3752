"""The communes of France: the table that the help of an address reads, and how it is made from its source (C153)."""

import csv
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, TextIO

from member_space.domain.commune import COLUMNS, Communes, read_communes, town_key
from member_space.domain.geo import Point
from member_space.services.commune_points import Code


@lru_cache(maxsize=1)
def communes() -> Communes:
    """The table of the product, read once a process: a tenth of a second, and some 20 MB that never grow."""
    table = files("member_space") / "reference" / "communes.csv"
    return Communes(read_communes(table.read_text("utf-8").splitlines()))


def write_communes(records: Iterable[Mapping[str, Any]], out: TextIO, points: Mapping[Code, Point]) -> None:
    """Make `reference/communes.csv` of ``communes.json`` of Etalab's « Découpage administratif » (docs/communes.md).

    A commune where nobody gets mail is left out, and a part that is named as its commune. `points`: where each is, as
    far as is known, written to some ten metres.
    """
    known = sorted(records, key=lambda one: one["code"])
    names = {one["code"]: one["nom"] for one in known if one["type"] == "commune-actuelle" and one.get("codesPostaux")}
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(COLUMNS)
    for whole in (True, False):
        for one in known:
            within = "" if one["type"] == "commune-actuelle" else one.get("commune") or one["chefLieu"]
            if bool(within) is whole or (within or one["code"]) not in names:
                continue
            if within and town_key(one["nom"]) == town_key(names[within]):
                continue
            postcodes = " ".join(sorted(one.get("codesPostaux", ())))
            point = points.get(Code(one["code"], bool(within)))
            where = (f"{point.latitude:.4f}", f"{point.longitude:.4f}") if point else ("", "")
            writer.writerow((one["code"], one["nom"], postcodes, one.get("population", ""), within, *where))
