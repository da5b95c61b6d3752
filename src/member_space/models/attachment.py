"""Attachment: one piece that a member or the office gave, made of one file or of several photographs.

The original bytes are kept as they came; what people are shown is another file, made of them by the worker after the
antivirus looked. Keys of the storage are random: a name that somebody typed never reaches it.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, CreatedAt, Id, PublicId


class Attachment(Base):
    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("state in ('received', 'checked', 'refused')", name="state"),
        CheckConstraint("(state = 'refused') = (reason is not null)", name="refused_with_reason"),
        CheckConstraint("side in ('member', 'office')", name="side"),
        Index("ix__attachment__request_id", "request_id", "id"),
        Index("ix__attachment__author", "author_person_id", "id"),
        Index("ix__attachment__message_id", "message_id"),
        Index("ix__attachment__waiting", "waits_since", postgresql_where=text("state = 'received'")),
        Index("ix__attachment__begun", "created_at", postgresql_where=text("sent_at is null")),
        # The office's list asks it of each line.
        Index(
            "ix__attachment__refused", "request_id", postgresql_where=text("state = 'refused' and removed_at is null")
        ),
        Index("ix__attachment__removed", "removed_at", postgresql_where=text("removed_at is not null")),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    author_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), comment="the member whose file it is in")
    side: Mapped[str] = mapped_column(server_default="member", comment="who gave it")
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    request_id: Mapped[int | None] = mapped_column(ForeignKey("request.id"), comment="null: a document of the safe")
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), comment="null in a draft")
    asked_piece_id: Mapped[int | None] = mapped_column(ForeignKey("asked_piece.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), comment="whom the document is about")
    piece: Mapped[str | None] = mapped_column(comment="code of a piece of the catalogue")
    name: Mapped[str] = mapped_column(comment="as shown: the name of the first file, cleaned")
    document_date: Mapped[date | None]
    state: Mapped[str] = mapped_column(server_default="received")
    reason: Mapped[str | None] = mapped_column(comment="domain.attachment.Refusal")
    attempts: Mapped[int] = mapped_column(
        SmallInteger, server_default="0", comment="times that a worker began on it and did not end"
    )
    arrangement: Mapped[int] = mapped_column(
        server_default="1", comment="grows when its pages are turned, moved, added or taken away"
    )
    waits_since: Mapped[CreatedAt] = mapped_column(comment="for the worker: since it came, or was last arranged")
    sent_at: Mapped[datetime | None] = mapped_column(comment="null: still its author's alone, a draft or a reply begun")
    shown_key: Mapped[str | None] = mapped_column(comment="storage key of what is shown; null until checked")
    shown_type: Mapped[str | None]
    shown_size: Mapped[int | None]
    shown_sha256: Mapped[bytes | None]
    shown_crc32: Mapped[int | None] = mapped_column(BigInteger, comment="as a ZIP wants it, unsigned")
    pages: Mapped[int | None] = mapped_column(SmallInteger, comment="previews made: <shown_key>.<page>.jpg")
    created_at: Mapped[CreatedAt]
    removed_at: Mapped[datetime | None] = mapped_column(comment="in the bin for thirty days")


class AttachmentFile(Base):
    """A file exactly as it was sent, with its place and how it is to be shown."""

    __tablename__ = "attachment_file"
    __table_args__ = (
        # Looked at once the whole statement is over: two pages change places in one.
        UniqueConstraint(
            "attachment_id",
            "position",
            name="uq__attachment_file__position",
            deferrable=True,
            initially="IMMEDIATE",
        ),
        CheckConstraint("turns between 0 and 3 and shown_turns between 0 and 3", name="turns"),
        Index("ix__attachment_file__same", "contract_id", "sha256"),
    )

    id: Mapped[Id]
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id", ondelete="cascade"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    turns: Mapped[int] = mapped_column(SmallInteger, server_default="0", comment="by hand, quarters to the right")
    shown_page: Mapped[int | None] = mapped_column(
        SmallInteger, comment="its page of what is shown, as it was last made; null until then"
    )
    shown_turns: Mapped[int] = mapped_column(SmallInteger, server_default="0", comment="how it was turned there")
    name: Mapped[str]
    media_type: Mapped[str] = mapped_column(comment="recognised by content, never by the name")
    size: Mapped[int]
    sha256: Mapped[bytes]
    storage_key: Mapped[str]
