"""contract_document: the documents of the products and their versions (C35)"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contract_document",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("product", sa.Text(), nullable=False, comment="code of the product, as contracts have it"),
        sa.Column(
            "guarantee_table_id", sa.BigInteger(), nullable=True, comment="null: of all the contracts of the product"
        ),
        sa.Column("kind", sa.Text(), nullable=False, comment="domain.contract_document.DocumentKind"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False, comment="as the paper says it"),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("changes", postgresql.ARRAY(sa.Text()), nullable=False, comment="what changes, a sentence each"),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False, comment="of the file, which names it in the storage"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind in ('guarantees', 'notice', 'ipid', 'terms')", name=op.f("ck__contract_document__kind")
        ),
        sa.ForeignKeyConstraint(
            ["guarantee_table_id"], ["guarantee_table.id"], name=op.f("fk__contract_document__guarantee_table_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__contract_document")),
        sa.UniqueConstraint("public_id", name=op.f("uq__contract_document__public_id")),
    )
    for column in ("version", "effective_on"):
        op.create_index(
            f"uq__contract_document__{column}",
            "contract_document",
            ["product", "guarantee_table_id", "kind", column],
            unique=True,
            postgresql_nulls_not_distinct=True,
        )
