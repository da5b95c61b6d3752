"""Guarantee tables out of the database: a row is a line of `domain.guarantee`, and back."""

import json
from collections.abc import Collection
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Row, Text, any_, bindparam, cast, func, select, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY, Range
from sqlalchemy.orm import Session

from member_space.domain.acts import ActFamily
from member_space.domain.guarantee import (
    BasePercent,
    Basket,
    Cap,
    CapPeriod,
    FeePercent,
    Formula,
    FullCost,
    GuaranteeLine,
    GuaranteeTable,
    Heading,
    LensClass,
    LumpSum,
    OpticsCeilings,
    Per,
)
from member_space.models import Guarantee
from member_space.models import GuaranteeTable as TableRow
from member_space.models.base import IDS, period_of, range_of


def tables_by_id(db: Session, ids: Collection[int]) -> dict[int, GuaranteeTable]:
    """These tables with every version of their lines, by rank then by date; one statement, read each time: it is never
    stale. What the rows make is kept while they are the same: making it costs more than reading them.
    """
    if not ids:
        return {}
    rows = db.execute(_TABLES, {"ids": list(ids)})
    return {table_id: _table_of(tuple(lines)) for table_id, lines in groupby(rows, key=attrgetter("table_id"))}


# Columns rather than entities, built once; each can be part of a key: ranges as days, lists as tuples, JSON as text.
_TABLES = (
    select(
        TableRow.id.label("table_id"),
        TableRow.code.label("table_code"),
        TableRow.label.label("table_label"),
        TableRow.responsible,
        func.lower(Guarantee.period).label("start"),
        func.upper(Guarantee.period).label("before"),
        Guarantee.line,
        Guarantee.heading,
        Guarantee.label,
        Guarantee.article,
        type_coerce(Guarantee.families, ARRAY(Text, as_tuple=True)).label("families"),
        type_coerce(Guarantee.acts, ARRAY(Text, as_tuple=True)).label("acts"),
        Guarantee.basket,
        Guarantee.base_rate,
        Guarantee.without_optam_rate,
        Guarantee.lump_sum,
        Guarantee.lump_sum_per,
        Guarantee.fee_rate,
        Guarantee.full_cost,
        cast(Guarantee.optics_ceilings, Text).label("optics_ceilings"),
        Guarantee.optics_frame,
        cast(Guarantee.caps, Text).label("caps"),
    )
    .outerjoin(Guarantee, Guarantee.guarantee_table_id == TableRow.id)
    .where(TableRow.id == any_(bindparam("ids", type_=IDS)))
    .order_by(TableRow.id, Guarantee.line, func.lower(Guarantee.period))
)


@lru_cache(maxsize=100)
def _table_of(rows: tuple[Row[Any], ...]) -> GuaranteeTable:
    """The table that these rows say; one row without a line where it has none."""
    lines = tuple(line_of(_read(row)) for row in rows if row.line is not None)
    return GuaranteeTable(rows[0].table_code, rows[0].table_label, rows[0].responsible, lines)


def _read(row: Row[Any]) -> SimpleNamespace:
    """The columns of a line as `models.Guarantee` has them."""
    read = SimpleNamespace(**row._asdict())
    read.period = Range(row.start, row.before)
    read.optics_ceilings = json.loads(row.optics_ceilings) if row.optics_ceilings else None
    read.caps = json.loads(row.caps)
    return read


def line_of(row: Guarantee | SimpleNamespace) -> GuaranteeLine:
    """The line that a row says, an entity or its columns."""
    return GuaranteeLine(
        rank=row.line,
        heading=Heading(row.heading),
        label=row.label,
        article=row.article,
        period=period_of(row.period),
        families=frozenset(map(ActFamily, row.families)),
        acts=frozenset(row.acts),
        basket=Basket(row.basket) if row.basket else None,
        formulas=tuple(_formulas(row)),
        caps=tuple(Cap(CapPeriod(cap["period"]), cap["amount"], cap["count"]) for cap in row.caps),
    )


def _formulas(row: Guarantee | SimpleNamespace) -> list[Formula]:
    found: list[Formula] = []
    if row.base_rate is not None:
        found.append(BasePercent(row.base_rate, row.without_optam_rate))
    if row.lump_sum is not None and row.lump_sum_per is not None:
        found.append(LumpSum(row.lump_sum, Per(row.lump_sum_per)))
    if row.fee_rate is not None:
        found.append(FeePercent(row.fee_rate))
    if row.full_cost:
        found.append(FullCost())
    if row.optics_ceilings is not None and row.optics_frame is not None:
        # In the order of the classes: JSONB keeps its own.
        by_lenses = tuple((one, row.optics_ceilings[one]) for one in LensClass if one in row.optics_ceilings)
        found.append(OpticsCeilings(by_lenses, row.optics_frame))
    return found


def columns_of(line: GuaranteeLine) -> dict[str, Any]:
    """The columns of a line, but for its table."""
    columns: dict[str, Any] = {
        "line": line.rank,
        "period": range_of(line.period),
        "heading": line.heading.value,
        "label": line.label,
        "article": line.article,
        "families": sorted(line.families, key=lambda family: family.position),
        "acts": sorted(line.acts),
        "basket": line.basket.value if line.basket else None,
        "caps": [{"period": cap.period.value, "amount": cap.amount, "count": cap.count} for cap in line.caps],
        "full_cost": False,
    }
    for formula in line.formulas:
        columns |= _columns_of(formula)
    return columns


def _columns_of(formula: Formula) -> dict[str, Any]:
    match formula:
        case BasePercent(rate, without_optam):
            return {"base_rate": rate, "without_optam_rate": without_optam}
        case LumpSum(amount, per):
            return {"lump_sum": amount, "lump_sum_per": per.value}
        case FeePercent(rate):
            return {"fee_rate": rate}
        case FullCost():
            return {"full_cost": True}
        case OpticsCeilings(by_lenses, frame):
            return {"optics_ceilings": {one.value: amount for one, amount in by_lenses}, "optics_frame": frame}
