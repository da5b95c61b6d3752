"""Notification: one message to one person by one channel, written with its cause and sent by the worker."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, CreatedAt, Encrypted, Id, PublicId


class Notification(Base):
    __tablename__ = "notification"
    __table_args__ = (
        CheckConstraint("channel in ('email', 'sms')", name="channel"),
        CheckConstraint(
            "state in ('waiting', 'sent', 'failed', 'bounced', 'grouped', 'unwanted', 'nobody')", name="state"
        ),
        Index("ix__notification__waiting", "send_after", postgresql_where=text("state = 'waiting'")),
        Index("ix__notification__account_id", "account_id", "id"),
        Index("ix__notification__unread", "kind", "created_at", postgresql_where=text("read_at is null")),
        # Repeated once, even by two workers at the same time.
        Index("uq__notification__follows_id", "follows_id", unique=True),
        Index(
            "uq__notification__reply_hash", "reply_hash", unique=True, postgresql_where=text("reply_hash is not null")
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    kind: Mapped[str] = mapped_column(comment="domain.notices.NoticeKind")
    channel: Mapped[str] = mapped_column(comment="domain.notices.Channel")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="cascade"))
    target: Mapped[Encrypted | None] = mapped_column(
        comment="address or number; null: the account's own when it leaves"
    )
    values: Mapped[dict[str, Any]] = mapped_column(server_default="{}", comment="for the template; nothing personal")
    secret: Mapped[Encrypted | None] = mapped_column(comment="JSON, a code or a link's end; forgotten once sent")
    reply_hash: Mapped[bytes | None] = mapped_column(comment="SHA-256 of the token of its Reply-To; null: none")
    language: Mapped[str] = mapped_column(server_default="fr")
    state: Mapped[str] = mapped_column(server_default="waiting")
    send_after: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    last_error: Mapped[str | None] = mapped_column(comment="the adapter's reason, without address nor text")
    created_at: Mapped[CreatedAt]
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None] = mapped_column(comment="the member came to see what it told")
    follows_id: Mapped[int | None] = mapped_column(
        ForeignKey("notification.id", ondelete="set null"), comment="the unread one that this SMS repeats"
    )


class NotificationPreference(Base):
    """What a member chose where the product leaves a choice; no row: the product's own."""

    __tablename__ = "notification_preference"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="cascade"), primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True, comment="domain.notices.Category")
    channel: Mapped[str] = mapped_column(primary_key=True)
    wanted: Mapped[bool]


class DemoMessage(Base):
    """What the demonstration sent instead of posting it; empty outside the demo."""

    __tablename__ = "demo_message"

    id: Mapped[Id]
    channel: Mapped[str]
    to: Mapped[str]
    subject: Mapped[str | None]
    text: Mapped[str]
    html: Mapped[str | None]
    sent_at: Mapped[datetime]
