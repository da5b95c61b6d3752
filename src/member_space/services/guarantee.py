"""Guarantee tables out of the database: a row is a line of `domain.guarantee`, and back."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select
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
from member_space.models.base import period_of, range_of


def tables_by_id(db: Session, ids: Collection[int]) -> dict[int, GuaranteeTable]:
    """These tables with every version of their lines, by rank then by date; one statement."""
    if not ids:
        return {}
    rows: dict[int, tuple[TableRow, list[GuaranteeLine]]] = {}
    for table, line in db.execute(
        select(TableRow, Guarantee)
        .outerjoin(Guarantee, Guarantee.guarantee_table_id == TableRow.id)
        .where(TableRow.id.in_(ids))
        .order_by(TableRow.id, Guarantee.line, func.lower(Guarantee.period))
    ).tuples():
        lines = rows.setdefault(table.id, (table, []))[1]
        if line:
            lines.append(line_of(line))
    return {
        table_id: GuaranteeTable(table.code, table.label, table.responsible, tuple(lines))
        for table_id, (table, lines) in rows.items()
    }


def line_of(row: Guarantee) -> GuaranteeLine:
    """The line that a row says."""
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


def _formulas(row: Guarantee) -> list[Formula]:
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
