"""The ledger of NOEMIE files: a file once, its lines for ever, and what each line was matched with."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, BlindIndex, CreatedAt, Encrypted, Id


class NoemieFile(Base):
    """One logical file 000…999, received or sent."""

    __tablename__ = "noemie_file"
    __table_args__ = (
        UniqueConstraint("direction", "sender", "identification", "created_on", "sha256", name="uq__noemie_file__once"),
        CheckConstraint("direction in ('in', 'out')", name="direction"),
    )

    id: Mapped[Id]
    direction: Mapped[str]
    reference: Mapped[str] = mapped_column(comment="408 or 929")
    sender: Mapped[str] = mapped_column(comment="type and number of the sender, stripped")
    recipient: Mapped[str]
    identification: Mapped[str]
    created_on: Mapped[date]
    sha256: Mapped[bytes] = mapped_column(comment="of the entities, whatever the framing they came in")
    file_name: Mapped[str]
    lines: Mapped[int] = mapped_column(Integer)
    storage_key: Mapped[str | None] = mapped_column(comment="where the physical file is kept, encrypted in parts")
    created_at: Mapped[CreatedAt]


class NoemieLine(Base):
    """One answer of a 929. Immutable (trigger), with its raw bytes encrypted: they hold a NIR."""

    __tablename__ = "noemie_line"
    __table_args__ = (Index("ix__noemie_line__file", "noemie_file_id", "position"),)

    id: Mapped[Id]
    noemie_file_id: Mapped[int] = mapped_column(ForeignKey("noemie_file.id"))
    position: Mapped[int] = mapped_column(Integer, comment="rank of the answer in the logical file, from 1")
    record: Mapped[int] = mapped_column(Integer, comment="physical record that holds it, from 1")
    nir_index: Mapped[BlindIndex]
    birth_date_raw: Mapped[str]
    birth_rank: Mapped[int] = mapped_column(SmallInteger, comment="0 when the fund gave none")
    member_number: Mapped[str]
    movement: Mapped[str]
    contract_type: Mapped[str]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    code: Mapped[str] = mapped_column(comment="two digits as text")
    nature: Mapped[str] = mapped_column(comment="C certified, R rejected, S signalled, I information")
    label: Mapped[str]
    answered_on: Mapped[date] = mapped_column(comment="the file's date of creation")
    raw_encrypted: Mapped[Encrypted]


class NoemieMatch(Base):
    """The link a line speaks of, and the rule that found it."""

    __tablename__ = "noemie_match"
    __table_args__ = (
        CheckConstraint("rule in ('exact', 'undated', 'month', 'office')", name="rule"),
        # One check for both: the contract is that of the link.
        ForeignKeyConstraint(
            ["teletransmission_id", "contract_id"],
            ["teletransmission.id", "teletransmission.contract_id"],
            name="fk__noemie_match__link",
        ),
    )

    noemie_line_id: Mapped[int] = mapped_column(ForeignKey("noemie_line.id"), primary_key=True)
    teletransmission_id: Mapped[int] = mapped_column(index=True)
    contract_id: Mapped[int]
    rule: Mapped[str]
    matched_at: Mapped[CreatedAt]


class NoemieAnomaly(Base):
    """A line with no link, or several: kept for the office, never dropped."""

    __tablename__ = "noemie_anomaly"
    __table_args__ = (CheckConstraint("kind in ('unmatched', 'ambiguous')", name="kind"),)

    noemie_line_id: Mapped[int] = mapped_column(ForeignKey("noemie_line.id"), primary_key=True)
    kind: Mapped[str]
    created_at: Mapped[CreatedAt]
    solved_at: Mapped[datetime | None]
