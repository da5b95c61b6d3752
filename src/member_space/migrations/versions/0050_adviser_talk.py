"""adviser_talk, adviser_turn: what was said with the virtual adviser"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0050"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "adviser_talk",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False, comment="web_session.id: no other session shows it"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=True, comment="the thread that it was handed over to"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk__adviser_talk__account_id"), ondelete="cascade"
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk__adviser_talk__request_id"), ondelete="set null"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__adviser_talk")),
        sa.UniqueConstraint("public_id", name=op.f("uq__adviser_talk__public_id")),
    )
    op.create_index("ix__adviser_talk__session", "adviser_talk", ["account_id", "session_id", "id"])
    op.create_index("ix__adviser_talk__started_at", "adviser_talk", ["started_at"])
    op.create_index(op.f("ix__adviser_talk__request_id"), "adviser_talk", ["request_id"])
    op.create_table(
        "adviser_turn",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("talk_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("question", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False, comment="JSON of domain.adviser.Answer"),
        sa.Column("kind", sa.Text(), nullable=False, comment="domain.adviser.Kind"),
        sa.Column("intent", sa.Text(), nullable=True, comment="slug of the entry that was understood, or nearest"),
        sa.Column(
            "shown",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
            comment="domain.privacy.View by person.id",
        ),
        sa.Column("useful", sa.Boolean(), nullable=True),
        sa.Column("word", sa.LargeBinary(), nullable=True, comment="what the member said of the answer"),
        sa.CheckConstraint(
            "kind in ('faq', 'own', 'which', 'not_found', 'unknown', 'medical', 'emergency')",
            name=op.f("ck__adviser_turn__kind"),
        ),
        sa.ForeignKeyConstraint(
            ["talk_id"], ["adviser_talk.id"], name=op.f("fk__adviser_turn__talk_id"), ondelete="cascade"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__adviser_turn")),
        sa.UniqueConstraint("public_id", name=op.f("uq__adviser_turn__public_id")),
    )
    op.create_index("ix__adviser_turn__talk_id", "adviser_turn", ["talk_id", "id"])
    op.create_index(
        "ix__adviser_turn__to_look_at",
        "adviser_turn",
        ["id"],
        postgresql_where=sa.text("useful is false or kind = 'unknown'"),
    )
