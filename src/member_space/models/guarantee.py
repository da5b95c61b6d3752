"""Guarantee tables: dated lines, one version in force a day (`domain.guarantee` says what each column means)."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Integer, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from member_space.domain.guarantee import Basket, Heading, Per
from member_space.models.base import Base, Cents, DateRange, Id
from member_space.models.contract import one


def _among(column: str, choices: type[Heading] | type[Basket] | type[Per]) -> str:
    return f"{column} in ({', '.join(repr(choice.value) for choice in choices)})"


class GuaranteeTable(Base):
    __tablename__ = "guarantee_table"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    responsible: Mapped[bool] = mapped_column(comment="respects the limits of article L. 871-1")


class Guarantee(Base):
    """One line of a table from one day to another; what it pays is the sum of the formulas that are not null."""

    __tablename__ = "guarantee"
    __table_args__ = (
        ExcludeConstraint(
            (one("guarantee_table_id"), "&&"),
            (one("line"), "&&"),
            ("period", "&&"),
            name="ex__guarantee__table_line_period",
        ),
        CheckConstraint("not isempty(period) and lower(period) is not null", name="period"),
        CheckConstraint(_among("heading", Heading), name="heading"),
        CheckConstraint(_among("basket", Basket), name="basket"),
        CheckConstraint(_among("lump_sum_per", Per), name="lump_sum_per"),
        CheckConstraint("(lump_sum is null) = (lump_sum_per is null)", name="lump_sum"),
        CheckConstraint("base_rate is not null or without_optam_rate is null", name="without_optam"),
        CheckConstraint("(optics_frame is null) = (optics_ceilings is null)", name="optics"),
        CheckConstraint("cardinality(families) + cardinality(acts) > 0", name="some_care"),
    )

    id: Mapped[Id]
    guarantee_table_id: Mapped[int] = mapped_column(ForeignKey("guarantee_table.id"))
    line: Mapped[int] = mapped_column(SmallInteger, comment="rank in the table, its identity over time")
    period: Mapped[DateRange]
    heading: Mapped[str]
    label: Mapped[str]
    article: Mapped[str] = mapped_column(comment="of the contract; empty: not told")
    families: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="where no act is named")
    acts: Mapped[list[str]] = mapped_column(ARRAY(Text))
    basket: Mapped[str | None]
    base_rate: Mapped[int | None] = mapped_column(
        Integer, comment="hundredths of a percent of the base, AMO share included"
    )
    without_optam_rate: Mapped[int | None] = mapped_column(
        Integer, comment="instead of base_rate, for a doctor of sector 2 without OPTAM"
    )
    lump_sum: Mapped[Cents | None]
    lump_sum_per: Mapped[str | None]
    fee_rate: Mapped[int | None] = mapped_column(
        Integer, comment="hundredths of a percent of the fee, AMO share included"
    )
    full_cost: Mapped[bool] = mapped_column(comment="frais réels, within the limit of price of the basket")
    optics_frame: Mapped[Cents | None] = mapped_column(comment="most of a pair's ceiling that the frame takes")
    optics_ceilings: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB(none_as_null=True), comment="cents of a pair by class of lenses, frame and AMO share included"
    )
    caps: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, server_default=text("'[]'"), comment="each {period, amount in cents or null, count or null}"
    )
