"""links by which a professional takes a card, for 72 hours (C52)"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "card_share",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("card_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=True, comment="to whom, in the member's words"),
        sa.Column("by_mail", sa.Boolean(), nullable=False, comment="a mail left with it; its address is not kept"),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the code, which nothing keeps"),
        sa.Column("sent_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened", sa.SmallInteger(), server_default="0", nullable=False, comment="how many times"),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk__card_share__contract_id")),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name=op.f("fk__card_share__card_id")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk__card_share__account_id"), ondelete="cascade"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__card_share")),
        sa.UniqueConstraint("public_id", name=op.f("uq__card_share__public_id")),
    )
    op.create_index(op.f("ix__card_share__account_id"), "card_share", ["account_id"])
    op.create_index(op.f("ix__card_share__expires_at"), "card_share", ["expires_at"])
