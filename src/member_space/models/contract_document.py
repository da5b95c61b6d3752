"""Documents of the products: a version is a row, never changed (C35)."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, CreatedAt, Id, PublicId


class ContractDocument(Base):
    __tablename__ = "contract_document"
    __table_args__ = (
        CheckConstraint("kind in ('guarantees', 'notice', 'ipid', 'terms')", name="kind"),
        Index(
            "uq__contract_document__version",
            "product",
            "guarantee_table_id",
            "kind",
            "version",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index(
            "uq__contract_document__effective_on",
            "product",
            "guarantee_table_id",
            "kind",
            "effective_on",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    product: Mapped[str] = mapped_column(comment="code of the product, as contracts have it")
    guarantee_table_id: Mapped[int | None] = mapped_column(
        ForeignKey("guarantee_table.id"), comment="null: of all the contracts of the product"
    )
    kind: Mapped[str] = mapped_column(comment="domain.contract_document.DocumentKind")
    title: Mapped[str]
    version: Mapped[str] = mapped_column(comment="as the paper says it")
    effective_on: Mapped[date]
    changes: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="what changes, a sentence each")
    size: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(comment="of the file, which names it in the storage")
    created_at: Mapped[CreatedAt]
