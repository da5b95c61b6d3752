"""Rows of the directory, as the search reads them; and the search by brute force that tells what it should find."""

import uuid
from functools import cache

from geopy.distance import geodesic
from sqlalchemy import insert, select

from member_space.models import Practice
from member_space.services.speciality import specialities

_ROW = {
    "source": "rpps",
    "last_name": "VALMONT",
    "first_name": "Élise",
    "name_key": "valmont",
    "street": "12 rue des Lilas",
    "postcode": "69003",
    "insee": "69383",
    "town": "Lyon",
    "address_key": b"",
    "content": b"",
    "precision": "address",
    "sector": None,
    "optam": None,
    "third_party": None,
    "network": None,
    "shown": True,
}


def add_practices(db, *places):
    """One row each; a place tells its `speciality`, its `point` and whatever is special in it. Gives their ids."""
    rows = []
    for facts in places:
        point = facts["point"]
        public_id = uuid.uuid4()
        rows.append(
            _ROW
            | {name: value for name, value in facts.items() if name != "point"}
            | {"public_id": public_id, "person_key": str(public_id)}
            | {"latitude": point.latitude, "longitude": point.longitude}
            | {"place": specialities().by_code[facts["speciality"]].planar(point)}
        )
    return list(db.scalars(insert(Practice).returning(Practice.id, sort_by_parameter_order=True), rows))


def brute_force(db, speciality, around, radius, filters):
    """All (distance, id) of a search, from the geodesics of all practices."""
    rows = db.execute(
        select(
            *(Practice.id, Practice.latitude, Practice.longitude, Practice.third_party, Practice.network),
            *(Practice.sector, Practice.optam),
        ).where(Practice.shown, Practice.speciality == speciality)
    )
    away = cache(lambda latitude, longitude: geodesic(around, (latitude, longitude)).km)
    return sorted(
        (distance, row.id)
        for row in rows
        if (distance := away(row.latitude, row.longitude)) <= radius
        and (row.third_party or not filters.third_party)
        and (row.network is not None or not filters.network)
        and (not filters.sectors or row.sector in filters.sectors or (row.optam is True and "optam" in filters.sectors))
    )
