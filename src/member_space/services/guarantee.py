"""Guarantee tables out of the database: a row is a line of `domain.guarantee`, and back."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, bindparam, func, select
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
    heads: dict[int, tuple[str, str, bool]] = {}
    found: dict[int, list[GuaranteeLine]] = {}
    for row in db.execute(_TABLES, {"ids": list(ids)}):
        heads[row.table_id] = (row.table_code, row.table_label, row.responsible)
        lines = found.setdefault(row.table_id, [])
        if row.line is not None:
            lines.append(line_of(row))
    return {table_id: GuaranteeTable(*head, tuple(found[table_id])) for table_id, head in heads.items()}


# Columns rather than entities, and built once: a table has tens of lines, and several pages of a member read it.
_TABLES = (
    select(
        TableRow.id.label("table_id"),
        TableRow.code.label("table_code"),
        TableRow.label.label("table_label"),
        TableRow.responsible,
        Guarantee.line,
        Guarantee.period,
        Guarantee.heading,
        Guarantee.label,
        Guarantee.article,
        Guarantee.families,
        Guarantee.acts,
        Guarantee.basket,
        Guarantee.base_rate,
        Guarantee.without_optam_rate,
        Guarantee.lump_sum,
        Guarantee.lump_sum_per,
        Guarantee.fee_rate,
        Guarantee.full_cost,
        Guarantee.optics_ceilings,
        Guarantee.optics_frame,
        Guarantee.caps,
    )
    .outerjoin(Guarantee, Guarantee.guarantee_table_id == TableRow.id)
    .where(TableRow.id.in_(bindparam("ids", expanding=True)))
    .order_by(TableRow.id, Guarantee.line, func.lower(Guarantee.period))
)


def line_of(row: Guarantee | Row[Any]) -> GuaranteeLine:
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


def _formulas(row: Guarantee | Row[Any]) -> list[Formula]:
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
