"""Answers to questions of consent, with their proof; the last one holds."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, CreatedAt, Id


class Consent(Base):
    __tablename__ = "consent"
    __table_args__ = (Index("ix__consent__person_purpose", "person_id", "purpose", "id"),)

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[str]
    granted: Mapped[bool]
    wording: Mapped[str] = mapped_column(comment="the question exactly as it was shown")
    answered_at: Mapped[CreatedAt]
