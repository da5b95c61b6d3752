"""What the lines of persons are computed with, and the lines themselves, out of the database."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, any_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from member_space.domain.guarantee import GuaranteeTable
from member_space.domain.period import Period
from member_space.domain.reimbursement import LineAmounts
from member_space.domain.reimbursement_stored import StoredLine
from member_space.domain.request import Outcome, RequestKind
from member_space.models import ContractTerms, Coverage, DecisionLine, Person, Request, StatementLine
from member_space.models.base import IDS, period_of
from member_space.services.guarantee import tables_by_id
from member_space.services.household import Household
from member_space.services.line_replay import AMOUNTS, Insured

Pair = tuple[int, int]
NOBODY = Insured(date.min, (), ())
"""Of a line whose person no coverage names: out of rights on any day."""
LOOK_BACK_YEARS = 4
"""The longest period of a cap: what was paid before it changes nothing."""

# Built once: building them costs more than running them. Without `in_`, whose list would be written into the statement
# each time.
_DECIDED = exists().where(
    Request.contract_id == StatementLine.contract_id,
    Request.person_id == StatementLine.person_id,
    Request.care_date == StatementLine.care_date,
    Request.kind == RequestKind.CLAIM.value,
    or_(*(Request.outcome == one.value for one in (Outcome.ACCEPTED, Outcome.PARTIAL))),
    DecisionLine.request_id == Request.id,
    DecisionLine.granted == StatementLine.our_share,
)
_LINES = select(
    *(
        getattr(StatementLine, name)
        for name in (
            *("id", "contract_id", "person_id", "care_date", "act_code", "label", "practitioner", "quantity"),
            "zero_reason",
        )
    ),
    _DECIDED.label("decided"),
    *(getattr(StatementLine, name) for name in AMOUNTS),  # last: see `line_of`
).order_by(StatementLine.contract_id, StatementLine.person_id, StatementLine.care_date, StatementLine.id)
_OF_ONE = _LINES.where(
    StatementLine.contract_id == bindparam("contract"),
    StatementLine.person_id == bindparam("person"),
    StatementLine.care_date.between(bindparam("since"), bindparam("until")),
)
_CONTRACTS = any_(bindparam("contracts", type_=IDS))
_COVERED = (
    select(Coverage.contract_id, Coverage.person_id, Coverage.period, Person.birth_date)
    .join(Person, Person.id == Coverage.person_id)
    .where(Coverage.contract_id == _CONTRACTS)
)
_TERMS = (
    select(ContractTerms.contract_id, ContractTerms.period, ContractTerms.guarantee_table_id, ContractTerms.responsible)
    .where(ContractTerms.contract_id == _CONTRACTS)
    .order_by(ContractTerms.contract_id, func.lower(ContractTerms.period))
)


def lines_query(contract_ids: Collection[int], since: date) -> Select[Any]:
    """Their lines in the order in which caps are used: contract, person, day of care, order of the statements."""
    return _LINES.where(StatementLine.contract_id.in_(contract_ids), StatementLine.care_date >= since)


def lines_until(db: Session, contract_id: int, person_id: int, day: date) -> Iterator[StoredLine]:
    """What was paid to a person for care until that day, included, as far back as it may still count in a cap then; in
    the order in which caps are used."""
    asked = {"contract": contract_id, "person": person_id, "since": looked_back(day), "until": day}
    return map(line_of, db.execute(_OF_ONE, asked))


def line_of(row: Row[Any]) -> StoredLine:
    """A row of `_LINES`."""
    return StoredLine(
        row.id,
        row.care_date,
        row.act_code,
        row.label,
        row.quantity,
        LineAmounts(*row[-len(AMOUNTS) :]),
        row.zero_reason,
        row.practitioner or "",
        row.decided,
    )


def looked_back(day: date) -> date:
    """The first day of care that may still count in a cap on that day."""
    return date(day.year - LOOK_BACK_YEARS, 1, 1)


def insured_in(db: Session, household: Household, contract_id: int, person_id: int) -> Insured:
    """A person under a contract of a household, which knows what covers him; two statements."""
    own = [one for one in household.members if (one.contract_id, one.person_id) == (contract_id, person_id)]
    tables = _tables(db, [contract_id])[contract_id]
    return Insured(own[0].birth_date, tuple(period_of(one.period) for one in own), tuple(tables))


def insured_of(db: Session, contract_ids: Collection[int]) -> dict[Pair, Insured]:
    """Every (contract, person) covered one day by these contracts; three statements."""
    tables = _tables(db, contract_ids)
    covered: dict[Pair, list[Period]] = defaultdict(list)
    births: dict[int, date] = {}
    rows = db.execute(_COVERED, {"contracts": list(contract_ids)})
    for contract_id, person_id, period, birth_date in rows:
        covered[contract_id, person_id].append(period_of(period))
        births[person_id] = birth_date
    return {pair: Insured(births[pair[1]], tuple(periods), tuple(tables[pair[0]])) for pair, periods in covered.items()}


def _tables(db: Session, contract_ids: Collection[int]) -> dict[int, list[tuple[Period, GuaranteeTable | None]]]:
    rows = db.execute(_TERMS, {"contracts": list(contract_ids)}).all()
    tables = tables_by_id(db, {row.guarantee_table_id for row in rows if row.guarantee_table_id is not None})
    found: dict[int, list[tuple[Period, GuaranteeTable | None]]] = defaultdict(list)
    for row in rows:
        table = tables.get(row.guarantee_table_id)
        # The contract says whether it is responsible; its table was checked against that when it was loaded.
        table = replace(table, responsible=row.responsible) if table else None
        found[row.contract_id].append((period_of(row.period), table))
    return found


def grouped(rows: Iterator[Row[Any]]) -> Iterator[tuple[Pair, list[StoredLine]]]:
    """The lines of each person under a contract, in turn."""
    pair: Pair | None = None
    lines: list[StoredLine] = []
    for row in rows:
        if pair != (row.contract_id, row.person_id):
            if pair:
                yield pair, lines
            pair, lines = (row.contract_id, row.person_id), []
        lines.append(line_of(row))
    if pair:
        yield pair, lines
