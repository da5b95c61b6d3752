"""What was certified to a member, as it stood: the paper can be made again, and whoever holds it can ask (C34)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, BlindIndex, Encrypted, Id, PublicId


class Certificate(Base):
    __tablename__ = "certificate"
    __table_args__ = (
        CheckConstraint("kind in ('adhesion', 'radiation', 'portability')", name="kind"),
        Index("ix__certificate__person_id", "person_id", "contract_id", "id"),
        Index("ix__certificate__contract_id", "contract_id"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), comment="who asked for it")
    kind: Mapped[str] = mapped_column(comment="domain.certificate.CertificateKind")
    issued_on: Mapped[date]
    facts: Mapped[dict[str, Any]] = mapped_column(comment="what the paper says: services.certificate.Facts")
    code: Mapped[Encrypted] = mapped_column(comment="the check code, printed on the paper")
    code_index: Mapped[BlindIndex] = mapped_column(unique=True)
    revoked_at: Mapped[datetime | None]
