"""Contract, its dated terms, and the coverage of each person.

Rules the database keeps (migration 0002): no two contracts overlap for one holder and product; the terms
of a contract never overlap; a coverage lies inside its contract's period and never overlaps another one
of the same person. `btree_gist` is not available everywhere, so equality is written as a one-value
int8range, which core GiST indexes.
"""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, false, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from member_space.models.base import Base, CreatedAt, DateRange, Id, PublicId
from member_space.models.person import Person


def one(column: str) -> Any:
    """`column` as a one-value range, the equality a core GiST exclusion understands."""
    return text(f"int8range({column}, {column}, '[]')")


class Contract(Base):
    __tablename__ = "contract"
    __table_args__ = (
        ExcludeConstraint(
            (one("holder_id"), "&&"),
            (text("int8range(hashtextextended(product, 0), hashtextextended(product, 0), '[]')"), "&&"),
            ("period", "&&"),
            name="ex__contract__holder_product_period",
        ),
        CheckConstraint("not isempty(period) and lower(period) is not null", name="period"),
        CheckConstraint(
            "not isempty(portability) and not upper_inf(portability) and period @> portability", name="portability"
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    number: Mapped[str] = mapped_column(unique=True)
    member_number: Mapped[str] = mapped_column(index=True, comment="n° adhérent, as the card and the 408 show it")
    product: Mapped[str] = mapped_column(comment="code of the product")
    product_label: Mapped[str]
    holder_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    period: Mapped[DateRange]
    portability: Mapped[DateRange | None] = mapped_column(
        comment="days of the period when it goes on although the job ended; null: none"
    )
    created_at: Mapped[CreatedAt]

    holder: Mapped[Person] = relationship(lazy="raise")


class ContractTerms(Base):
    """What a contract says from one day to another; a change is a new row, never an update (C29)."""

    __tablename__ = "contract_terms"
    __table_args__ = (
        ExcludeConstraint((one("contract_id"), "&&"), ("period", "&&"), name="ex__contract_terms__contract_period"),
        CheckConstraint("amc_number ~ '^[0-9]{10}$'", name="amc_number"),
        CheckConstraint("amc_exchange_number ~ '^[0-9]{10}$'", name="amc_exchange_number"),
    )

    id: Mapped[Id]
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    period: Mapped[DateRange]
    plan_label: Mapped[str] = mapped_column(comment="the level of cover in the member's words, e.g. Confort")
    guarantee_table_id: Mapped[int | None] = mapped_column(ForeignKey("guarantee_table.id"))
    amc_number: Mapped[str] = mapped_column(comment="10 characters, leading zeros kept")
    amc_name: Mapped[str]
    csr: Mapped[str | None] = mapped_column(comment="critère secondaire de routage")
    convention_type: Mapped[str | None] = mapped_column(comment="1 or 2 characters, e.g. SP, IS")
    responsible: Mapped[bool] = mapped_column(comment="contrat responsable")
    amc_exchange_number: Mapped[str | None] = mapped_column(comment="a second AMC number, for flows; 10 characters")
    conventions: Mapped[str | None] = mapped_column(comment="of particular domains: OPTI=IS:1 OPTI=SP:2")
    card_model: Mapped[str | None] = mapped_column(comment="card_model.code: how its card is printed")


class Coverage(Base):
    """A person covered by a contract from one day to another."""

    __tablename__ = "coverage"
    __table_args__ = (
        ExcludeConstraint(
            (one("contract_id"), "&&"),
            (one("person_id"), "&&"),
            ("period", "&&"),
            name="ex__coverage__contract_person_period",
        ),
        CheckConstraint("relation in ('holder', 'spouse', 'child', 'other')", name="relation"),
        CheckConstraint("not isempty(period) and lower(period) is not null", name="period"),
    )

    id: Mapped[Id]
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    relation: Mapped[str]
    period: Mapped[DateRange]
    position: Mapped[int] = mapped_column(SmallInteger, server_default="1", comment="rank on the card")
    local_scheme: Mapped[bool] = mapped_column(
        server_default=false(), comment="the fund's rates are those of Alsace-Moselle"
    )

    contract: Mapped[Contract] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")
