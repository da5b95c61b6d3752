"""What the law has the office keep beyond its time (C127)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, Id, PublicId


class LegalHold(Base):
    """While it is in force, nothing of one request, or of a member's whole file, is erased by its time."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        CheckConstraint("ground in ('litigation', 'authority', 'audit', 'fraud')", name="ground"),
        CheckConstraint("(lifted_at is null) = (lifted_by is null)", name="lifted"),
        Index("ix__legal_hold__person_id", "person_id"),
        Index("ix__legal_hold__request_id", "request_id"),
        # Asked for twice, it is one.
        Index(
            "uq__legal_hold__file",
            "person_id",
            unique=True,
            postgresql_where=text("request_id is null and lifted_at is null"),
        ),
        Index("uq__legal_hold__request", "request_id", unique=True, postgresql_where=text("lifted_at is null")),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), comment="whose file it is")
    request_id: Mapped[int | None] = mapped_column(
        ForeignKey("request.id", ondelete="cascade"), comment="null: the whole file"
    )
    ground: Mapped[str] = mapped_column(comment="domain.legal_hold.HoldGround; no member ever reads it")
    put_at: Mapped[datetime]
    put_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
