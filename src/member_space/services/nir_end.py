"""The last five characters of a NIR, by which the office finds a member who dictates them (C113).

They are kept as a blind index alone, under a name of their own: the same end of two numbers looks the same, and nothing
of it can be read back without the key. Nothing of what is searched is logged.
"""

import re
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, union
from sqlalchemy.orm import Session

from member_space.domain.nir import Nir
from member_space.interfaces import ICipher
from member_space.models import Person, Request, Teletransmission

BATCH = 1000
_END = re.compile(r"[0-9]{3} ?[0-9]{2}", re.ASCII)


def end_index(cipher: ICipher, nir: Nir) -> bytes:
    """The index of the end of this number: three of the order, two of the key."""
    return _index(cipher, nir.text[-5:])


def found_by_end(cipher: ICipher, asked: str) -> ColumnElement[bool] | None:
    """The requests by or about whoever has a NIR that ends so, or is known to a fund under one; None: no end of one."""
    if not _END.fullmatch(asked.strip()):
        return None
    index = _index(cipher, asked.strip().replace(" ", ""))
    persons = union(
        select(Person.id).where(Person.nir_end_index == index),
        select(Teletransmission.person_id).where(Teletransmission.nir_end_index == index),
    ).scalar_subquery()
    return or_(Request.author_person_id.in_(persons), Request.person_id.in_(persons))


def fill_ends(db: Session, cipher: ICipher) -> int:
    """The index of a batch of the numbers that have none yet; how many were filled, 0 when all have theirs."""
    filled = 0
    tables: tuple[type[Person] | type[Teletransmission], ...] = (Person, Teletransmission)
    for table in tables:
        query: Select[Any] = select(table).where(table.nir_encrypted.is_not(None), table.nir_end_index.is_(None))
        for row in db.scalars(query.limit(BATCH).with_for_update(skip_locked=True)):
            row.nir_end_index = end_index(cipher, Nir.parse(cipher.decrypt(row.nir_encrypted)))
            filled += 1
    db.flush()
    return filled


def _index(cipher: ICipher, end: str) -> bytes:
    return cipher.blind_index(f"nir-end:{end}")
