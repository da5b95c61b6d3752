"""Reference data with dates of effect, loaded from reference/*.csv."""

from sqlalchemy import CheckConstraint, ForeignKey, Integer, SmallInteger, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, DateRange, Id


class Regime(Base):
    __tablename__ = "regime"

    code: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    period: Mapped[DateRange]


class ActFamilyRow(Base):
    __tablename__ = "act_family"

    code: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    position: Mapped[int] = mapped_column(SmallInteger)
    period: Mapped[DateRange]


class Act(Base):
    __tablename__ = "act"
    __table_args__ = (CheckConstraint("basket in ('no_rest', 'moderate', 'free')", name="basket"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    family: Mapped[str] = mapped_column(ForeignKey("act_family.code"))
    rate_kind: Mapped[str] = mapped_column(
        server_default="", comment="tariff rate:<kind>; empty: the fund pays nothing"
    )
    deduction: Mapped[str] = mapped_column(server_default="", comment="tariff rule:<deduction>; empty: none")
    nature: Mapped[str]
    basket: Mapped[str | None] = mapped_column(comment="of a dental act of one basket")
    period: Mapped[DateRange]


class Tariff(Base):
    """One dated figure with its source and how sure we are of it."""

    __tablename__ = "tariff"
    __table_args__ = (
        ExcludeConstraint(
            (
                text(
                    "int8range(hashtextextended(act_code || '|' || what || '|' || condition, 0), "
                    "hashtextextended(act_code || '|' || what || '|' || condition, 0), '[]')"
                ),
                "&&",
            ),
            ("period", "&&"),
            name="ex__tariff__act_what_condition_period",
        ),
        CheckConstraint("confidence in ('C', 'C2', 'R', 'D')", name="confidence"),
    )

    id: Mapped[Id]
    act_code: Mapped[str] = mapped_column(comment="an act, or a rule that is not an act (participation, franchise…)")
    what: Mapped[str]
    condition: Mapped[str] = mapped_column(server_default="")
    value: Mapped[int] = mapped_column(Integer, comment="cents, or hundredths of a percent for a rate")
    period: Mapped[DateRange]
    source: Mapped[str]
    confidence: Mapped[str]
