"""Asks where the addresses of the directory are, and keeps the answers that can be believed (C88).

Only addresses are asked, each once: what was answered is kept by address, so that an import does not ask again.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import LargeBinary, any_, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session, sessionmaker

from member_space.domain.geocoding import Address, Answer, precision_of
from member_space.interfaces import IGeocoder
from member_space.models import GeocodedAddress, Practice
from member_space.services.commune import communes
from member_space.services.speciality import specialities

AT_ONCE = 1_000
"""Addresses of one file: the service takes 200,000, but an answer is waited for and kept whole."""


class _Found(NamedTuple):
    key: bytes
    answer: Answer
    precision: str


def geocode(
    sessions: sessionmaker[Session],
    geocoder: IGeocoder,
    limit: int | None = None,
    progress: Callable[[int], Any] = lambda _count: None,
) -> Counter[str]:
    """Ask for the addresses that nobody asked for yet, `limit` at most; how many are known, by precision.

    Commits by the thousand, so that what was answered stays when the service stops answering (ConnectionError).
    `progress` is told how many were asked.
    """
    counts: Counter[str] = Counter()
    while limit is None or sum(counts.values()) < limit:
        with sessions() as db:
            wanted = _unasked(db, AT_ONCE if limit is None else min(AT_ONCE, limit - sum(counts.values())))
        if not wanted:
            break
        found = list(_ask(geocoder, wanted))
        with sessions.begin() as db:
            _keep(db, list(wanted), found)
        counts.update(one.precision for one in found)
        counts["not_found"] += len(wanted) - len(found)
        progress(len(wanted))
    return counts


def count_unasked(db: Session) -> int:
    """How many addresses nobody asked for yet."""
    unasked = _unasked_query().distinct().subquery()
    return db.scalar(select(func.count()).select_from(unasked)) or 0


def _unasked_query() -> Any:
    known = select(GeocodedAddress.address_key).where(GeocodedAddress.address_key == Practice.address_key)
    return select(Practice.address_key).where(Practice.shown, Practice.street != "", ~known.exists())


def _unasked(db: Session, count: int) -> dict[bytes, Address]:
    rows = db.execute(
        _unasked_query()
        .add_columns(Practice.street, Practice.postcode, Practice.insee, Practice.town)
        .distinct(Practice.address_key)
        .order_by(Practice.address_key)
        .limit(count)
    )
    return {key: Address(*address) for key, *address in rows}


def _ask(geocoder: IGeocoder, wanted: dict[bytes, Address]) -> Iterator[_Found]:
    """The answers to believe; what the file of addresses does not find is asked once more, without its postcode."""
    for (key, address), answer in zip(wanted.items(), geocoder.locate_all(list(wanted.values())), strict=True):
        near = _communes_of(address.insee)
        precision = precision_of(answer, near)
        if precision is None:
            answer = geocoder.locate(address)
            precision = precision_of(answer, near)
        if answer and precision:
            yield _Found(key, answer, precision.value)


def _communes_of(insee: str) -> frozenset[str]:
    """The codes by which an address of a commune may be told: the whole, and a part of it."""
    one = communes().get(insee)
    return frozenset(filter(None, (insee, one.within if one else "")))


def _keep(db: Session, asked: Sequence[bytes], found: list[_Found]) -> None:
    points = {one.key: one for one in found}
    rows = []
    for key in asked:
        one = points.get(key)
        rows.append(
            {
                "address_key": key,
                "precision": one.precision if one else None,
                "latitude": one.answer.point.latitude if one else None,
                "longitude": one.answer.point.longitude if one else None,
            }
        )
    db.execute(insert(GeocodedAddress).on_conflict_do_nothing(), rows)
    there = select(Practice.id, Practice.address_key, Practice.speciality).where(
        Practice.address_key == any_(bindparam(None, list(points), type_=ARRAY(LargeBinary)))
    )
    moved = []
    for practice_id, key, speciality in db.execute(there):
        one = points[key]
        moved.append(
            {
                "id": practice_id,
                "latitude": one.answer.point.latitude,
                "longitude": one.answer.point.longitude,
                "precision": one.precision,
                "place": tuple(specialities().by_code[speciality].planar(one.answer.point)),
            }
        )
    if moved:
        db.execute(update(Practice), moved)
