"""What the adviser answers from: questions that members ask, each with its answer, dated and with its source."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, CreatedAt, Id


class FaqEntry(Base):
    """A question, whatever its words become."""

    __tablename__ = "faq_entry"

    slug: Mapped[str] = mapped_column(primary_key=True)
    family: Mapped[str] = mapped_column(comment="domain.faq.Family")
    position: Mapped[int] = mapped_column(comment="within the list")


class FaqVersion(Base):
    """The words of an entry; each change is a new version, and the latest is shown."""

    __tablename__ = "faq_version"
    __table_args__ = (UniqueConstraint("slug", "version", name="uq__faq_version__version"),)

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(ForeignKey("faq_entry.slug"))
    version: Mapped[int]
    question: Mapped[str]
    paraphrases: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="other ways to ask it; never shown")
    answer: Mapped[str] = mapped_column(comment="Markdown; {{phone}} and the like: services.faq.values_of")
    question_en: Mapped[str | None]
    answer_en: Mapped[str | None]
    source: Mapped[str]
    source_url: Mapped[str | None]
    links: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="pages of the space: path, fr, en")
    as_of: Mapped[date] = mapped_column(comment="the day on which the answer was checked against its source")
    published_at: Mapped[CreatedAt]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), comment="null: the product's own words")
    retired: Mapped[bool] = mapped_column(server_default="false")
    words: Mapped[Any] = mapped_column(TSVECTOR, comment="French stems of the question and its paraphrases, folded")
