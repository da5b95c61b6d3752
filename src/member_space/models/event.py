"""The journal: who did what, on whose data, when, from where. Append-only and chained (trigger of migration 0002)."""

from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import INET
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, CreatedAt, Id


class Event(Base):
    __tablename__ = "event"
    __table_args__ = (
        Index("ix__event__subject_person", "subject_person_id", "id"),
        Index("ix__event__at", "at", "id"),
        Index("ix__event__kind", "kind", "at", "id"),
    )

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(comment="domain.events.EventKind")
    at: Mapped[CreatedAt]
    actor_account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), comment="null: a command or a job")
    subject_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    ip: Mapped[str | None] = mapped_column(INET)
    request_id: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(server_default="{}", comment="never a NIR, IBAN, code or token")
    previous_hash: Mapped[bytes | None] = mapped_column(comment="filled by the database")
    hash: Mapped[bytes | None] = mapped_column(comment="filled by the database: SHA-256 over the row and previous_hash")
