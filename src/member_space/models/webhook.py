"""Where applications have themselves told, and what was sent there."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, CreatedAt, Encrypted, Id, PublicId


class WebhookTarget(Base):
    """An address of a client, with the types of event that it wants there."""

    __tablename__ = "webhook_target"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    client_id: Mapped[int] = mapped_column(ForeignKey("api_client.id"), index=True)
    url: Mapped[str]
    news: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="domain.webhook.News, each")
    secret: Mapped[Encrypted]
    former_secret: Mapped[Encrypted | None] = mapped_column(comment="signs too until former_until")
    former_until: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
    failing_since: Mapped[datetime | None] = mapped_column(comment="no try was taken since; null: the last one was")
    disabled_at: Mapped[datetime | None] = mapped_column(comment="given up after three days, until the office resumes")
    closed_at: Mapped[datetime | None]


class WebhookDelivery(Base):
    """One event to one target: its message id is the same at each try."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'sent', 'failed', 'unwanted')", name="state"),
        Index("ix__webhook_delivery__waiting", "send_after", postgresql_where=text("state = 'waiting'")),
        Index("ix__webhook_delivery__target_id", "target_id", "id"),
        Index("ix__webhook_delivery__grant_id", "grant_id"),
        Index("ix__webhook_delivery__created_at", "created_at"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    target_id: Mapped[int] = mapped_column(ForeignKey("webhook_target.id"))
    grant_id: Mapped[int] = mapped_column(ForeignKey("api_grant.id", ondelete="cascade"))
    news: Mapped[str] = mapped_column(comment="domain.webhook.News")
    ids: Mapped[dict[str, Any]] = mapped_column(comment="public ids by kind of thing, and nothing else")
    state: Mapped[str] = mapped_column(server_default="waiting", comment="unwanted: the access ended before it left")
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    status: Mapped[int | None] = mapped_column(SmallInteger, comment="answered to the last try; its body is not kept")
    last_error: Mapped[str | None] = mapped_column(comment="why the last try had no answer")
    created_at: Mapped[CreatedAt]
    send_after: Mapped[datetime]
    tried_at: Mapped[datetime | None]
