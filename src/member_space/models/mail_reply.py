"""What came back by mail, so that nothing is treated twice (C100)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, Id


class ReceivedMail(Base):
    """The fact that a mail was received; never its words, and of its sender a keyed fingerprint."""

    __tablename__ = "received_mail"
    __table_args__ = (
        CheckConstraint("outcome in ('automatic', 'unknown', 'spared', 'answered', 'entered')", name="outcome"),
        Index("ix__received_mail__answered", "sender_index", "at"),
        Index("ix__received_mail__at", "at"),
    )

    id: Mapped[Id]
    fingerprint: Mapped[bytes] = mapped_column(unique=True, comment="SHA-256 of its Message-ID and sender")
    sender_index: Mapped[bytes | None] = mapped_column(comment="blind index of the address")
    outcome: Mapped[str] = mapped_column(comment="services.mail_reply.Outcome")
    at: Mapped[datetime]
