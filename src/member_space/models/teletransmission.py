"""Télétransmission: what we want, what we sent. What is shown is derived, never stored (domain.teletransmission)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, BlindIndex, CreatedAt, Encrypted, Id


class Teletransmission(Base):
    """One link with a fund: a coverage under one NIR of attachment (a child may have two).

    The identity is the one the fund knows: its birth date keeps its six raw characters (JJMMAA), as it may be
    unreal (« lunar ») for people born abroad.
    """

    __tablename__ = "teletransmission"
    __table_args__ = (
        CheckConstraint("desired in ('on', 'off')", name="desired"),
        CheckConstraint("birth_date_raw ~ '^[0-9]{6}$'", name="birth_date_raw"),
        CheckConstraint("regime ~ '^[0-9]{2}$' and fund ~ '^[0-9]{3}$' and centre ~ '^[0-9]{3}$'", name="organisation"),
        Index("ix__teletransmission__identity", "nir_index", "birth_date_raw", "birth_rank"),
        Index("uq__teletransmission__coverage_nir", "coverage_id", "nir_index", unique=True),
        UniqueConstraint("id", "contract_id", name="uq__teletransmission__id_contract"),
    )

    id: Mapped[Id]
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    coverage_id: Mapped[int] = mapped_column(ForeignKey("coverage.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    attachment_rank: Mapped[int] = mapped_column(SmallInteger, comment="1 or 2: which NIR of attachment")
    nir_encrypted: Mapped[Encrypted] = mapped_column(comment="NIR of the insured the fund knows, 13 characters + key")
    nir_index: Mapped[BlindIndex]
    nir_end_index: Mapped[BlindIndex | None] = mapped_column(index=True, comment="of its last five characters")
    insured_last_name: Mapped[str]
    insured_first_name: Mapped[str]
    birth_date_raw: Mapped[str]
    birth_rank: Mapped[int] = mapped_column(SmallInteger)
    regime: Mapped[str]
    fund: Mapped[str]
    centre: Mapped[str]
    fund_name: Mapped[str]
    desired: Mapped[str]
    desired_since: Mapped[date]


class Movement(Base):
    """A movement of a 408: creation, modification or cancellation of our line at the fund.

    At most one is unsent for a link: what is asked later takes its place. One that a reject or a signal called for is
    `held` until the office has corrected what the fund told; sent as it was, it would be refused again, every day.
    """

    __tablename__ = "movement"
    __table_args__ = (
        CheckConstraint("kind in ('C', 'M', 'A')", name="kind"),
        CheckConstraint("(sent_at is null) = (noemie_file_id is null)", name="sent_in_a_file"),
        CheckConstraint("not held or sent_at is null", name="held_is_unsent"),
        Index(
            "uq__movement__unsent",
            "teletransmission_id",
            unique=True,
            postgresql_where="sent_at is null",
        ),
    )

    id: Mapped[Id]
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    teletransmission_id: Mapped[int] = mapped_column(ForeignKey("teletransmission.id"), index=True)
    kind: Mapped[str]
    contract_type: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None] = mapped_column(comment="last day, included")
    held: Mapped[bool] = mapped_column(server_default=false(), comment="waits for a correction by the office")
    created_at: Mapped[CreatedAt]
    sent_at: Mapped[datetime | None]
    noemie_file_id: Mapped[int | None] = mapped_column(ForeignKey("noemie_file.id"))
