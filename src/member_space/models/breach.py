"""A breach of personal data, and whom it concerns (C159, GDPR article 34)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, CreatedAt, Id, PublicId


class Breach(Base):
    """What happened, in the words that members read."""

    __tablename__ = "breach"
    __table_args__ = (CheckConstraint("ended_on is null or ended_on >= began_on", name="days"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    title: Mapped[str]
    story: Mapped[str] = mapped_column(comment="what happened and what was done, in plain words")
    began_on: Mapped[date]
    ended_on: Mapped[date | None] = mapped_column(comment="null: on that one day")
    leaked: Mapped[list[Any]] = mapped_column(JSONB, comment="of domain.breach.Leaked")
    declared_at: Mapped[CreatedAt]


class BreachPerson(Base):
    """A person whose data are concerned, and who is told: himself, or the holder for a minor without an account."""

    __tablename__ = "breach_person"
    __table_args__ = (
        Index("uq__breach_person", "breach_id", "person_id", unique=True),
        # The banner, on every page of a member.
        Index("ix__breach_person__unread", "told_person_id", postgresql_where=text("read_at is null")),
        Index("ix__breach_person__told", "told_person_id", "breach_id"),
    )

    id: Mapped[Id]
    breach_id: Mapped[int] = mapped_column(ForeignKey("breach.id", ondelete="cascade"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    told_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    read_at: Mapped[datetime | None] = mapped_column(comment="who is told opened the page")
