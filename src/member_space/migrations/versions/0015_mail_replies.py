"""replies by mail: the token of the address that a notification is answered at, and what came back"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "notification",
        sa.Column(
            "reply_hash", sa.LargeBinary(), nullable=True, comment="SHA-256 of the token of its Reply-To; null: none"
        ),
    )
    op.create_index(
        "uq__notification__reply_hash",
        "notification",
        ["reply_hash"],
        unique=True,
        postgresql_where=sa.text("reply_hash is not null"),
    )
    op.create_table(
        "received_mail",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False, comment="SHA-256 of its Message-ID and sender"),
        sa.Column("sender_index", sa.LargeBinary(), nullable=True, comment="blind index of the address"),
        sa.Column("outcome", sa.Text(), nullable=False, comment="services.mail_reply.Outcome"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome in ('automatic', 'unknown', 'spared', 'answered', 'entered')",
            name=op.f("ck__received_mail__outcome"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__received_mail")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq__received_mail__fingerprint")),
    )
    op.create_index("ix__received_mail__answered", "received_mail", ["sender_index", "at"])
    op.create_index("ix__received_mail__at", "received_mail", ["at"])
