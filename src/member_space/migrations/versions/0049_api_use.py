"""api use: questions counted by the minute, answers kept by key; who wrote a message in the member's name"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_count",
        sa.Column("who", sa.Text(), nullable=False, comment="client:<id> or member:<account id>"),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("who", name=op.f("pk__api_count")),
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "api_answer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False, comment="of the grant and the key together"),
        sa.Column("grant_id", sa.BigInteger(), nullable=False),
        sa.Column("question", sa.LargeBinary(), nullable=False, comment="a blind index of the address and the body"),
        sa.Column("status", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="the JSON, encrypted"),
        sa.Column("answered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["api_grant.id"], name=op.f("fk__api_answer__grant_id"), ondelete="cascade"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__api_answer")),
        sa.UniqueConstraint("key_hash", name=op.f("uq__api_answer__key_hash")),
    )
    op.create_index(op.f("ix__api_answer__grant_id"), "api_answer", ["grant_id"], unique=False)
    op.add_column(
        "message",
        sa.Column("assistant", sa.Text(), nullable=True, comment="who wrote it in the member's name, by its name then"),
    )
