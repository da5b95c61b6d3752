"""certificates with their check code, and the days of portability of a contract (C34)"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

PORTABILITY = "not isempty(portability) and not upper_inf(portability) and period @> portability"


def upgrade() -> None:
    op.add_column(
        "contract",
        sa.Column(
            "portability",
            postgresql.DATERANGE(),
            nullable=True,
            comment="days of the period when it goes on although the job ended; null: none",
        ),
    )
    op.create_check_constraint(op.f("ck__contract__portability"), "contract", PORTABILITY)
    op.create_table(
        "certificate",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False, comment="who asked for it"),
        sa.Column("kind", sa.Text(), nullable=False, comment="domain.certificate.CertificateKind"),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column(
            "facts",
            postgresql.JSONB(),
            nullable=False,
            comment="what the paper says: services.certificate.Facts",
        ),
        sa.Column("code", sa.LargeBinary(), nullable=False, comment="the check code, printed on the paper"),
        sa.Column("code_index", sa.LargeBinary(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('adhesion', 'radiation', 'portability')", name=op.f("ck__certificate__kind")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk__certificate__contract_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk__certificate__person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__certificate")),
        sa.UniqueConstraint("code_index", name=op.f("uq__certificate__code_index")),
        sa.UniqueConstraint("public_id", name=op.f("uq__certificate__public_id")),
    )
    op.create_index("ix__certificate__person_id", "certificate", ["person_id", "contract_id", "id"])
    op.create_index("ix__certificate__contract_id", "certificate", ["contract_id"])
