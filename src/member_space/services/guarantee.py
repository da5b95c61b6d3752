"""Guarantee tables out of the database: a row is a line of `domain.guarantee`, and back."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, bindparam, func, select, text
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
from member_space.models.base import period_of, range_of

# A new version of a row has another (xmin, ctid), the marks of PostgreSQL itself: those of the lines tell their state.
_TABLES = text("""
    select t.id, t.code, t.label, t.responsible,
           (select string_agg(xmin::text || ctid::text, '') from guarantee where guarantee_table_id = t.id) as state
    from guarantee_table t where t.id = any(:ids) order by t.id
""")
_LINES = (
    select(*Guarantee.__table__.columns)
    .where(Guarantee.guarantee_table_id == bindparam("table"))
    .order_by(Guarantee.line, func.lower(Guarantee.period))
)
_kept: dict[int, tuple[str | None, tuple[GuaranteeLine, ...]]] = {}


def tables_by_id(db: Session, ids: Collection[int]) -> dict[int, GuaranteeTable]:
    """These tables with every version of their lines, by rank then by date, never stale: one statement tells whether
    the lines are those kept, and one more reads those of a table where they are not."""
    if not ids:
        return {}
    rows = db.execute(_TABLES, {"ids": list(ids)}).all()
    return {
        row.id: GuaranteeTable(row.code, row.label, row.responsible, _lines_of(db, row.id, row.state)) for row in rows
    }


def _lines_of(db: Session, table_id: int, state: str | None) -> tuple[GuaranteeLine, ...]:
    kept = _kept.get(table_id)
    if kept is None or kept[0] != state:
        # Where somebody writes meanwhile, these are kept under a state that never comes back.
        kept = _kept[table_id] = state, tuple(map(line_of, db.execute(_LINES, {"table": table_id})))
    return kept[1]


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
