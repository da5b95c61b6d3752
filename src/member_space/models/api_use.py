"""What the API remembers of questions for a short while: how many came, and what was answered to those that write."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, CreatedAt, Id


class ApiCount(Base):
    """How many questions came in the latest minute of a client or a member. Unlogged: a server that crashes forgets a
    minute's count, and no question waits for a disk."""

    __tablename__ = "api_count"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)

    who: Mapped[str] = mapped_column(primary_key=True, comment="client:<id> or member:<account id>")
    minute: Mapped[datetime]
    count: Mapped[int]


class ApiAnswer(Base):
    """What was answered to a question that writes, by the key that its client gave it (Idempotency-Key)."""

    __tablename__ = "api_answer"

    id: Mapped[Id]
    key_hash: Mapped[bytes] = mapped_column(unique=True, comment="of the grant and the key together")
    grant_id: Mapped[int] = mapped_column(ForeignKey("api_grant.id", ondelete="cascade"), index=True)
    question: Mapped[bytes] = mapped_column(comment="a blind index of the address and the body")
    status: Mapped[int]
    body: Mapped[bytes] = mapped_column(comment="the JSON, encrypted")
    answered_at: Mapped[CreatedAt]
