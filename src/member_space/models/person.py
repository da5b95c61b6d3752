"""Person: one row a human being, whatever the number of contracts."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, SmallInteger, false
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, BlindIndex, CreatedAt, Encrypted, Id, PublicId


class Person(Base):
    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("birth_rank between 1 and 9", name="birth_rank"),
        CheckConstraint("(nir_encrypted is null) = (nir_index is null)", name="nir_whole"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    external_ref: Mapped[str] = mapped_column(unique=True, comment="the claims engine's number of the person")
    last_name: Mapped[str]
    birth_name: Mapped[str | None]
    first_name: Mapped[str]
    birth_date: Mapped[date] = mapped_column(index=True, comment="civil date; never an instant")
    birth_rank: Mapped[int] = mapped_column(SmallInteger, server_default="1", comment="tells twins apart")
    # The person's own NIR; a child usually has none and is carried by a parent's (teletransmission.nir_*).
    nir_encrypted: Mapped[Encrypted | None]
    nir_index: Mapped[BlindIndex | None] = mapped_column(index=True)
    nir_end_index: Mapped[BlindIndex | None] = mapped_column(index=True, comment="of its last five characters")
    email: Mapped[str | None] = mapped_column(index=True)
    mobile: Mapped[str | None] = mapped_column(index=True)
    landline: Mapped[str | None]
    address_line1: Mapped[str | None]
    address_line2: Mapped[str | None]
    postcode: Mapped[str | None]
    city: Mapped[str | None]
    contacts_edited_at: Mapped[datetime | None] = mapped_column(
        comment="the person changed e-mail, phones or address himself: a feed no longer overwrites them"
    )
    care_open_to_holder: Mapped[bool] = mapped_column(
        server_default=false(), comment="C44: an adult lets the holder see the nature of care"
    )
    created_at: Mapped[CreatedAt]
