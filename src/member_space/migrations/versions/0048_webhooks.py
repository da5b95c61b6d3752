"""webhooks: targets of the applications, and what is sent there"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0048"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webhook_target",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("news", postgresql.ARRAY(sa.Text()), nullable=False, comment="domain.webhook.News, each"),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("former_secret", sa.LargeBinary(), nullable=True, comment="signs too until former_until"),
        sa.Column("former_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "failing_since",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="no try was taken since; null: the last one was",
        ),
        sa.Column(
            "disabled_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="given up after three days, until the office resumes",
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["api_client.id"], name=op.f("fk__webhook_target__client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__webhook_target")),
        sa.UniqueConstraint("public_id", name=op.f("uq__webhook_target__public_id")),
    )
    op.create_index("ix__webhook_target__client_id", "webhook_target", ["client_id"])
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=False),
        sa.Column("grant_id", sa.BigInteger(), nullable=False),
        sa.Column("news", sa.Text(), nullable=False, comment="domain.webhook.News"),
        sa.Column("ids", postgresql.JSONB(), nullable=False, comment="public ids by kind of thing, and nothing else"),
        sa.Column(
            "state",
            sa.Text(),
            server_default="waiting",
            nullable=False,
            comment="unwanted: the access ended before it left",
        ),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True, comment="answered to the last try; its body is not kept"),
        sa.Column("last_error", sa.Text(), nullable=True, comment="why the last try had no answer"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("send_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('waiting', 'sent', 'failed', 'unwanted')", name=op.f("ck__webhook_delivery__state")
        ),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["api_grant.id"], name=op.f("fk__webhook_delivery__grant_id"), ondelete="cascade"
        ),
        sa.ForeignKeyConstraint(["target_id"], ["webhook_target.id"], name=op.f("fk__webhook_delivery__target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__webhook_delivery")),
        sa.UniqueConstraint("public_id", name=op.f("uq__webhook_delivery__public_id")),
    )
    op.create_index(
        "ix__webhook_delivery__waiting",
        "webhook_delivery",
        ["send_after"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix__webhook_delivery__target_id", "webhook_delivery", ["target_id", "id"])
    op.create_index("ix__webhook_delivery__grant_id", "webhook_delivery", ["grant_id"])
    op.create_index("ix__webhook_delivery__created_at", "webhook_delivery", ["created_at"])
