"""Challenge: something asked of somebody, answered once by a code that was sent, and counted."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, BlindIndex, CreatedAt, Encrypted, Id, PublicId


class Challenge(Base):
    """One request for a proof. Tries are counted here, per request, never per person nor number (R16).

    A request made for somebody unknown has a row too, with nothing to find: the same statements, the same answer.
    """

    __tablename__ = "challenge"
    __table_args__ = (
        CheckConstraint("tries >= 0 and tries <= max_tries", name="tries"),
        Index("ix__challenge__expires_at", "expires_at"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    purpose: Mapped[str] = mapped_column(comment="services.challenge.Purpose")
    token_hash: Mapped[bytes | None] = mapped_column(
        unique=True, comment="of the browser that asked; null: by mail only"
    )
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="cascade"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    code_hash: Mapped[bytes | None] = mapped_column(comment="keyed hash of the code last sent, with this row's id")
    details: Mapped[Encrypted | None] = mapped_column(comment="JSON that the purpose needs: an address, a next page…")
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime] = mapped_column(comment="of the code last sent")
    tries: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    max_tries: Mapped[int] = mapped_column(SmallInteger, server_default="5")
    sends: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    sent_at: Mapped[datetime | None]
    channel: Mapped[str | None] = mapped_column(comment="domain.notices.Channel of the last sending")
    passed_at: Mapped[datetime | None] = mapped_column(comment="the right code was given")
    used_at: Mapped[datetime | None] = mapped_column(comment="what it allowed was done: never again")


class CodeSending(Base):
    """A code that left, or would have: counted for each number, network and range, known or not (R17)."""

    __tablename__ = "code_sending"
    __table_args__ = (
        Index("ix__code_sending__target", "target_index", "sent_at"),
        Index("ix__code_sending__network", "network", "sent_at"),
        Index("ix__code_sending__range", "number_range", "sent_at"),
        Index("ix__code_sending__sent_at", "sent_at"),
    )

    id: Mapped[Id]
    channel: Mapped[str]
    target_index: Mapped[BlindIndex] = mapped_column(comment="keyed index of the number or address")
    number_range: Mapped[str | None] = mapped_column(comment="of a number: country and operator's block, +3361234")
    network: Mapped[str]
    sent_at: Mapped[CreatedAt]


class SpentPuzzle(Base):
    """A proof of work that a form has already brought; forgotten when its puzzle is too old to be accepted."""

    __tablename__ = "spent_puzzle"

    number: Mapped[bytes] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class WelcomeLetter(Base):
    """The one-time code of a welcome letter: shown by post, on paper and as a QR, kept as a keyed index."""

    __tablename__ = "welcome_letter"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code_index: Mapped[BlindIndex] = mapped_column(unique=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class AssistedRecovery(Base):
    """A way back in that two colleagues of the office gave: one asked, another agreed (C9, R15)."""

    __tablename__ = "assisted_recovery"
    __table_args__ = (CheckConstraint("approved_by <> asked_by", name="four_eyes"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="cascade"), index=True)
    asked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[CreatedAt]
    checks: Mapped[dict[str, Any]] = mapped_column(comment="the scripted list: what was verified, never the answers")
    wish: Mapped[str] = mapped_column(comment="what the member lost: domain.assisted_recovery.Wish")
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    refused: Mapped[bool] = mapped_column(server_default="false")
    challenge_id: Mapped[int | None] = mapped_column(ForeignKey("challenge.id", ondelete="set null"))
