"""directory_report: errors that are told of the directory of practitioners, and oppositions asked for"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "directory_report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("practice_public_id", sa.UUID(), nullable=False),
        sa.Column("practice", sa.Text(), nullable=False, comment="name and address, as they were shown"),
        sa.Column("wish", sa.Text(), nullable=False, comment="domain.directory_report.Wish"),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False, comment="where to answer; may be empty"),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dealt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dealt_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("wish in ('error', 'correct', 'hide')", name=op.f("ck__directory_report__wish")),
        sa.CheckConstraint("(dealt_at is null) = (dealt_by is null)", name=op.f("ck__directory_report__dealt")),
        sa.ForeignKeyConstraint(["dealt_by"], ["account.id"], name=op.f("fk__directory_report__dealt_by__account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__directory_report")),
        sa.UniqueConstraint("public_id", name=op.f("uq__directory_report__public_id")),
    )
    op.create_index(
        "ix__directory_report__waiting", "directory_report", ["told_at"], postgresql_where=sa.text("dealt_at is null")
    )
