"""QuoteLine: a line of a quote as its member typed it, with the estimate that he last saw (C83)."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, BigCents, Id


class QuoteLineRow(Base):
    """A line of a quote, draft or sent; it leaves with its request. domain.quote.QuoteLine says what each column is."""

    __tablename__ = "quote_line"
    __table_args__ = (
        UniqueConstraint("request_id", "rank", name="uq__quote_line__rank"),
        CheckConstraint("rank between 1 and 20", name="rank"),
        CheckConstraint("char_length(label) between 1 and 200", name="label"),
        CheckConstraint("price > 0 and price <= 50000000", name="price"),
        CheckConstraint("quantity between 1 and 366", name="quantity"),
        CheckConstraint("frame_price between 0 and price", name="frame_price"),
        CheckConstraint("base between 0 and 50000000", name="base"),
        CheckConstraint("sector in ('1', 'optam', '2')", name="sector"),
    )

    id: Mapped[Id]
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id", ondelete="cascade"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    rank: Mapped[int] = mapped_column(SmallInteger)
    care: Mapped[str] = mapped_column(comment="code of a domain.care_choice.CareChoice")
    label: Mapped[str]
    price: Mapped[BigCents] = mapped_column(comment="of all its acts")
    quantity: Mapped[int] = mapped_column(SmallInteger)
    frame_price: Mapped[BigCents | None]
    base: Mapped[BigCents | None] = mapped_column(comment="as on the quote; null: that of our tables")
    sector: Mapped[str] = mapped_column(comment="key of services.simulator_words.SECTORS")
    estimate: Mapped[dict[str, Any] | None] = mapped_column(
        comment="domain.quote.LineEstimate as the member last saw it; null: nothing could be computed"
    )
