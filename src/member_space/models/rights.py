"""What the law gives a person over the data held: who read it, and a copy of all of it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, CreatedAt, Id, PublicId


class Reading(Base):
    """Somebody's data were opened by another account in a session, or through a token, by whomever, on a day; the
    journal holds one event for each row."""

    __tablename__ = "reading"
    __table_args__ = (
        Index("uq__reading", "session_id", "subject_person_id", "what", unique=True),
        Index("uq__reading__token", "token_id", "subject_person_id", "what", "day", unique=True),
        CheckConstraint("num_nonnulls(session_id, token_id) = 1", name="session_or_token"),
        CheckConstraint("num_nonnulls(token_id, day) <> 1", name="token_has_a_day"),
        Index("ix__reading__subject_person_id", "subject_person_id", "id"),
    )

    id: Mapped[Id]
    session_id: Mapped[int | None] = mapped_column(comment="web_session.id; the row outlives the session")
    token_id: Mapped[int | None] = mapped_column(comment="api_token.id; the row outlives the token")
    day: Mapped[date | None] = mapped_column(comment="in Paris, of a reading through a token")
    assistant: Mapped[str | None] = mapped_column(comment="who asked through the token, as it was named on that day")
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    subject_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    what: Mapped[str] = mapped_column(comment="domain.readings.What")
    reason: Mapped[str | None] = mapped_column(comment="why the office opened the file; words of a closed list")
    role: Mapped[str | None] = mapped_column(comment="of the account on that day; null: read before this was kept")
    team: Mapped[str | None] = mapped_column(comment="of the colleague on that day; null: the one of his role")
    at: Mapped[CreatedAt]


class DataExport(Base):
    """What a member takes away, made by a job, kept for a day: a copy of everything (C156), or the reimbursements of a
    period (C59), which alone have a format and days."""

    __tablename__ = "data_export"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'ready', 'failed', 'expired')", name="state"),
        CheckConstraint("format in ('csv', 'xlsx', 'json', 'fhir')", name="format"),
        CheckConstraint("num_nulls(format, since, until) in (0, 3)", name="whole"),
        Index("ix__data_export__account_id", "account_id", "id"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="cascade"))
    format: Mapped[str | None] = mapped_column(comment="null: a copy of everything")
    since: Mapped[date | None]
    until: Mapped[date | None]
    state: Mapped[str] = mapped_column(server_default="waiting")
    asked_at: Mapped[CreatedAt]
    ready_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    storage_key: Mapped[str | None]
    size: Mapped[int | None]


class Erasure(Base):
    """Proof that something was deleted when its time had come, without what it was (C158)."""

    __tablename__ = "erasure"

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(comment="a row of the retention table")
    count: Mapped[int]
    before: Mapped[datetime] = mapped_column(comment="everything older went")
    at: Mapped[CreatedAt]
