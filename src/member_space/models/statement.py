"""Statements (décomptes), their lines, and the transfers that pay them.

Rules the database keeps (migration 0002): each line's equation closes to the cent, and a statement's total is
the sum of what its lines pay. The lines of a statement arrive in one INSERT or COPY.
"""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from member_space.models.base import Base, BigCents, Cents, CreatedAt, Id, PublicId

PAYEES = "'insured', 'professional', 'hospital', 'other'"


class Payment(Base):
    """One bank transfer, as the label on the bank statement names it."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint(f"payee in ({PAYEES})", name="payee"),
        CheckConstraint("iban_last4 ~ '^[A-Z0-9]{4}$'", name="iban_last4"),
        # A transfer to a hospital pays for many households: each has its own row, with its own part of the amount.
        UniqueConstraint("contract_id", "reference", name="uq__payment__contract_id__reference"),
        Index("ix__payment__contract_id__paid_on", "contract_id", "paid_on", "id"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    reference: Mapped[str]
    paid_on: Mapped[date]
    payee: Mapped[str]
    payee_name: Mapped[str]
    iban_last4: Mapped[str | None] = mapped_column(comment="never more of the IBAN than its last 4")
    amount: Mapped[BigCents]


class Statement(Base):
    __tablename__ = "statement"
    __table_args__ = (
        CheckConstraint(f"payee in ({PAYEES})", name="payee"),
        Index("ix__statement__contract_id__issued_on", "contract_id", "issued_on", "id"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    reference: Mapped[str] = mapped_column(unique=True)
    issued_on: Mapped[date]
    payee: Mapped[str]
    payee_name: Mapped[str]
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), index=True)
    total: Mapped[BigCents] = mapped_column(comment="sum of our_share of its lines")
    fingerprint: Mapped[bytes] = mapped_column(comment="SHA-256 of the feed's rows: the same one again is no change")
    created_at: Mapped[CreatedAt]

    payment: Mapped[Payment | None] = relationship(lazy="raise")


class StatementLine(Base):
    """One act of care; all amounts in cents."""

    __tablename__ = "statement_line"
    __table_args__ = (
        CheckConstraint("fee = amo_net + other_insurer + our_share + member_share", name="closes"),
        CheckConstraint("amo_net = amo_gross - participation - franchise + deferred", name="amo_net"),
        CheckConstraint("amo_rate between 0 and 10000", name="amo_rate"),
        CheckConstraint("quantity >= 1", name="quantity"),
        Index("ix__statement_line__contract_id__care_date", "contract_id", "care_date", "id"),
    )

    id: Mapped[Id]
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), index=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    rank: Mapped[int] = mapped_column(SmallInteger)
    care_date: Mapped[date]
    act_code: Mapped[str]
    family: Mapped[str]
    label: Mapped[str]
    practitioner: Mapped[str | None]
    quantity: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    fee: Mapped[Cents] = mapped_column(comment="dépense, frais réels")
    base: Mapped[Cents] = mapped_column(comment="base de remboursement")
    amo_rate: Mapped[int] = mapped_column(Integer, comment="hundredths of a percent: 70 % is 7000")
    amo_gross: Mapped[Cents]
    participation: Mapped[Cents] = mapped_column(comment="participation forfaitaire")
    franchise: Mapped[Cents]
    deferred: Mapped[Cents] = mapped_column(
        comment="part of the deductions to be taken later; negative when taken here"
    )
    amo_net: Mapped[Cents]
    other_insurer: Mapped[Cents]
    our_share: Mapped[Cents]
    member_share: Mapped[Cents] = mapped_column(comment="reste à charge")
    zero_reason: Mapped[str | None] = mapped_column(comment="why our share is 0, domain.reimbursement.ZeroReason")
    noemie_ref: Mapped[str | None]
    search_text: Mapped[str] = mapped_column(comment="label, practitioner, act and family, folded")

    statement: Mapped[Statement] = relationship(lazy="raise")
