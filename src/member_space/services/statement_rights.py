"""Who is covered by what on the day of care: one look-up for all the rows of a chunk."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Text, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session

from member_space.models import Contract, ContractTerms, Coverage, Person
from member_space.models.base import DateRange
from member_space.services.statement_feed import Chunk, Integers, Mask

Bounds = tuple[int, int]
FOR_EVER = date.max.toordinal() + 1


@dataclass(frozen=True, slots=True)
class Rights:
    """For each row: ids (0 when unknown), whether the person is covered, and by a responsible contract."""

    contract_id: Integers
    person_id: Integers
    covered: Mask
    responsible: Mask


def any_of(column: InstrumentedAttribute[str], values: Iterable[str]) -> ColumnElement[bool]:
    """`column = any(values)`, one parameter whatever their number."""
    return column == any_(bindparam(None, list(values), type_=ARRAY(Text)))


def read_rights(db: Session, chunk: Chunk) -> Rights:
    """The rights of each row, read by the numbers of contract and person that the feed gives."""
    contract, person = chunk.columns["contract_number"], chunk.columns["person_ref"]
    ids: dict[str, int] = {}
    persons: dict[tuple[str, str], int] = {}
    periods: dict[tuple[str, str], list[Bounds]] = defaultdict(list)
    for number, contract_id, ref, person_id, period in db.execute(
        select(Contract.number, Contract.id, Person.external_ref, Person.id, Coverage.period)
        .outerjoin(Coverage, Coverage.contract_id == Contract.id)
        .outerjoin(Person, Person.id == Coverage.person_id)
        .where(any_of(Contract.number, contract.texts.tolist()))
    ):
        ids[number] = contract_id
        if period is not None:
            persons[number, ref] = person_id
            periods[number, ref].append(bounds(period))
    pairs, pair = np.unique(contract.codes * len(person.texts) + person.codes, return_inverse=True)
    keys = [(contract.texts[p // len(person.texts)], person.texts[p % len(person.texts)]) for p in pairs.tolist()]
    care = chunk.number("care_date")
    not_responsible = _not_responsible(db, contract.texts.tolist())
    return Rights(
        contract_id=_array(ids, contract.texts.tolist())[contract.codes],
        person_id=_array(persons, keys)[pair],
        covered=within([periods.get(key, []) for key in keys], pair, care),
        responsible=~within([not_responsible.get(number, []) for number in contract.texts], contract.codes, care),
    )


def _not_responsible(db: Session, numbers: list[str]) -> dict[str, list[Bounds]]:
    found: dict[str, list[Bounds]] = defaultdict(list)
    for number, period in db.execute(
        select(Contract.number, ContractTerms.period)
        .join(ContractTerms, ContractTerms.contract_id == Contract.id)
        .where(any_of(Contract.number, numbers), ~ContractTerms.responsible)
    ):
        found[number].append(bounds(period))
    return found


def _array(ids: dict[Any, int], keys: Sequence[Any]) -> Integers:
    return np.array([ids.get(key, 0) for key in keys], np.int64)


def bounds(period: DateRange) -> Bounds:
    """First day, and first day after, as ordinals."""
    return (
        period.lower.toordinal() if period.lower else 0,
        period.upper.toordinal() if period.upper else FOR_EVER,
    )


def within(periods: Sequence[Sequence[Bounds]], codes: Integers, days: Integers) -> Mask:
    """Whether the day of each row is in one of the periods of its code."""
    inside = np.zeros(len(codes), bool)
    for rank in range(max(map(len, periods), default=0)):
        each = np.array([found[rank] if rank < len(found) else (0, 0) for found in periods], np.int64)[codes]
        inside |= (each[:, 0] <= days) & (days < each[:, 1])
    return inside
