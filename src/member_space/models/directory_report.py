"""What was told of a place of the directory, for the office to deal with."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, Id, PublicId


class DirectoryReport(Base):
    """An error, or somebody who asks not to be shown. The place is named as shown: an import may take it away."""

    __tablename__ = "directory_report"
    __table_args__ = (
        CheckConstraint("wish in ('error', 'correct', 'hide')", name="wish"),
        CheckConstraint("(dealt_at is null) = (dealt_by is null)", name="dealt"),
        Index("ix__directory_report__waiting", "told_at", postgresql_where=text("dealt_at is null")),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    practice_public_id: Mapped[uuid.UUID] = mapped_column(UUID(as_uuid=True))
    practice: Mapped[str] = mapped_column(comment="name and address, as they were shown")
    wish: Mapped[str] = mapped_column(comment="domain.directory_report.Wish")
    body: Mapped[str]
    email: Mapped[str] = mapped_column(server_default="", comment="where to answer; may be empty")
    told_at: Mapped[datetime]
    dealt_at: Mapped[datetime | None]
    dealt_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
