"""What was said with the virtual adviser: a talk a session, its questions and answers encrypted."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, Encrypted, Id, PublicId

TO_LOOK_AT = "useful is false or kind = 'unknown'"
"""What the office looks at: an answer that did not help, a question without one."""


class AdviserTalk(Base):
    """A talk of one session; handed over, it is ended and the next question begins another."""

    __tablename__ = "adviser_talk"
    __table_args__ = (
        Index("ix__adviser_talk__session", "account_id", "session_id", "id"),
        Index("ix__adviser_talk__started_at", "started_at"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="cascade"))
    session_id: Mapped[int] = mapped_column(comment="web_session.id: no other session shows it")
    started_at: Mapped[datetime]
    request_id: Mapped[int | None] = mapped_column(
        ForeignKey("request.id", ondelete="set null"), index=True, comment="the thread that it was handed over to"
    )


class AdviserTurn(Base):
    """A question and its answer. ``shown``: whose data the answer holds, and how much of it the member might see."""

    __tablename__ = "adviser_turn"
    __table_args__ = (
        CheckConstraint("kind in ('faq', 'own', 'which', 'not_found', 'unknown', 'medical', 'emergency')", name="kind"),
        Index("ix__adviser_turn__talk_id", "talk_id", "id"),
        Index("ix__adviser_turn__to_look_at", "id", postgresql_where=text(TO_LOOK_AT)),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    talk_id: Mapped[int] = mapped_column(ForeignKey("adviser_talk.id", ondelete="cascade"))
    asked_at: Mapped[datetime]
    question: Mapped[Encrypted]
    answer: Mapped[Encrypted] = mapped_column(comment="JSON of domain.adviser.Answer")
    kind: Mapped[str] = mapped_column(comment="domain.adviser.Kind")
    intent: Mapped[str | None] = mapped_column(comment="slug of the entry that was understood, or nearest")
    shown: Mapped[dict[str, Any]] = mapped_column(server_default="{}", comment="domain.privacy.View by person.id")
    useful: Mapped[bool | None]
    word: Mapped[Encrypted | None] = mapped_column(comment="what the member said of the answer")
