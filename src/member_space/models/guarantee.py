"""Guarantee tables, read only here: dated rows by act family."""

from sqlalchemy import CheckConstraint, ForeignKey, Integer, SmallInteger
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, Cents, DateRange, Id
from member_space.models.contract import one


class GuaranteeTable(Base):
    __tablename__ = "guarantee_table"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]


class Guarantee(Base):
    """One line of a table: a percentage of the base (Sécu included), an amount, or both, with its cap."""

    __tablename__ = "guarantee"
    __table_args__ = (
        ExcludeConstraint(
            (one("guarantee_table_id"), "&&"),
            (one("line"), "&&"),
            ("period", "&&"),
            name="ex__guarantee__table_line_period",
        ),
        CheckConstraint("percent is not null or amount is not null or real_cost", name="says_something"),
    )

    id: Mapped[Id]
    guarantee_table_id: Mapped[int] = mapped_column(ForeignKey("guarantee_table.id"))
    line: Mapped[int] = mapped_column(SmallInteger, comment="rank in the table, its identity over time")
    family: Mapped[str]
    label: Mapped[str]
    period: Mapped[DateRange]
    percent: Mapped[int | None] = mapped_column(Integer, comment="percent of the base, AMO share included")
    amount: Mapped[Cents | None]
    real_cost: Mapped[bool] = mapped_column(comment="frais réels, within the caps of 100 % Santé")
    cap: Mapped[Cents | None] = mapped_column(comment="most that is paid over `frequency`")
    frequency: Mapped[str | None] = mapped_column(comment="year, two_years, four_years, day, session")
