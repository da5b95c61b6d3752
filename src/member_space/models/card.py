"""The third-party-payment card: how each product prints it, and every version that was issued."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, BlindIndex, CreatedAt, DateRange, Encrypted, Id, PublicId


class CardModelRow(Base):
    """A card model from one day to another (domain.card.CardModel); written by `member-space cards load`."""

    __tablename__ = "card_model"
    __table_args__ = (
        ExcludeConstraint(
            (text("int8range(hashtextextended(code, 0), hashtextextended(code, 0), '[]')"), "&&"),
            ("period", "&&"),
            name="ex__card_model__code_period",
        ),
    )

    id: Mapped[Id]
    code: Mapped[str]
    label: Mapped[str]
    period: Mapped[DateRange]
    lines: Mapped[dict[str, Any]] = mapped_column(comment="domain.card.Lines")
    domains: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="domain.card.Domain, each")


class CardVersion(Base):
    """What the card of a contract and a year said from one moment on. A change is a new row, never an update.

    The content names people and their NIR: it is kept encrypted, as is the code that the public page of rights is asked
    by. That code is found by its hash.
    """

    __tablename__ = "card"
    __table_args__ = (
        UniqueConstraint("contract_id", "year", "version", name="uq__card__version"),
        Index("uq__card__check_hash", "check_hash", unique=True),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    year: Mapped[int] = mapped_column(SmallInteger)
    version: Mapped[int] = mapped_column(SmallInteger, comment="1, 2…; the highest is the one in force")
    period: Mapped[DateRange] = mapped_column(comment="validity, as printed")
    person_ids: Mapped[list[int]] = mapped_column(
        ARRAY(BigInteger), comment="who is named for all of its validity: whose rights its QR code answers for"
    )
    fingerprint: Mapped[BlindIndex] = mapped_column(comment="of the content, keyed: tells a change")
    content: Mapped[Encrypted] = mapped_column(comment="domain.card.Card as JSON")
    check_code: Mapped[Encrypted] = mapped_column(comment="the end of the address in its QR code")
    check_hash: Mapped[bytes] = mapped_column(comment="SHA-256 of the code")
    made_at: Mapped[CreatedAt]


class CardShare(Base):
    """A link by which a professional takes one card, for 72 hours or until its member takes it back (C52)."""

    __tablename__ = "card_share"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    card_id: Mapped[int] = mapped_column(ForeignKey("card.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="cascade"), index=True)
    recipient: Mapped[str | None] = mapped_column(comment="to whom, in the member's words")
    by_mail: Mapped[bool] = mapped_column(comment="a mail left with it; its address is not kept")
    code_hash: Mapped[bytes] = mapped_column(comment="SHA-256 of the code, which nothing keeps")
    sent_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    first_opened_at: Mapped[datetime | None]
    last_opened_at: Mapped[datetime | None]
    opened: Mapped[int] = mapped_column(SmallInteger, server_default="0", comment="how many times")
