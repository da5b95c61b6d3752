"""What a member changed in his own data, kept long enough to be undone, and his bank accounts."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, BlindIndex, CreatedAt, Encrypted, Id, PublicId


class DataChange(Base):
    """One change of contact data, written when it is made; undone from the old channel within seven days (C16)."""

    __tablename__ = "data_change"
    __table_args__ = (
        CheckConstraint("kind in ('email', 'mobile', 'landline', 'address', 'iban')", name="kind"),
        Index("ix__data_change__person_id", "person_id", "id"),
        Index("ix__data_change__account_id", "account_id", "id"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="cascade"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    before: Mapped[Encrypted | None] = mapped_column(comment="JSON of what it was")
    after: Mapped[Encrypted] = mapped_column(comment="JSON of what it becomes")
    asked_at: Mapped[CreatedAt]
    undo_challenge_id: Mapped[int | None] = mapped_column(ForeignKey("challenge.id", ondelete="set null"), index=True)
    undone_at: Mapped[datetime | None]


class BankAccount(Base):
    """Where reimbursements of a person go. In use 48 hours after it was asked for, unless cancelled (C154)."""

    __tablename__ = "bank_account"
    __table_args__ = (
        Index("uq__bank_account__waiting", "person_id", unique=True, postgresql_where=text("state = 'waiting'")),
        Index("uq__bank_account__in_use", "person_id", unique=True, postgresql_where=text("state = 'in_use'")),
        CheckConstraint("state in ('waiting', 'in_use', 'replaced', 'cancelled')", name="state"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    iban: Mapped[Encrypted]
    iban_index: Mapped[BlindIndex] = mapped_column(index=True, comment="the same account given by several members")
    bank_name: Mapped[str | None]
    holder_name: Mapped[str]
    state: Mapped[str]
    asked_at: Mapped[CreatedAt]
    effective_at: Mapped[datetime]
