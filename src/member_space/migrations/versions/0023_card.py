"""the third-party-payment card: what the contract's terms lack for it, its models, its versions

Columns without a default: no table is rewritten.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column(
            "amc_exchange_number", sa.Text(), nullable=True, comment="a second AMC number, for flows; 10 characters"
        ),
        sa.Column("conventions", sa.Text(), nullable=True, comment="of particular domains: OPTI=IS:1 OPTI=SP:2"),
        sa.Column("card_model", sa.Text(), nullable=True, comment="card_model.code: how its card is printed"),
    ):
        op.add_column("contract_terms", column)
    op.create_check_constraint(
        op.f("ck__contract_terms__amc_exchange_number"), "contract_terms", "amc_exchange_number ~ '^[0-9]{10}$'"
    )
    op.create_table(
        "card_model",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("period", postgresql.DATERANGE(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False, comment="domain.card.Lines"),
        sa.Column("domains", postgresql.JSONB(), nullable=False, comment="domain.card.Domain, each"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__card_model")),
        postgresql.ExcludeConstraint(
            (sa.text("int8range(hashtextextended(code, 0), hashtextextended(code, 0), '[]')"), "&&"),
            (sa.column("period"), "&&"),
            name="ex__card_model__code_period",
        ),
    )
    op.create_table(
        "card",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False, comment="1, 2…; the highest is the one in force"),
        sa.Column("period", postgresql.DATERANGE(), nullable=False, comment="validity, as printed"),
        sa.Column(
            "person_ids",
            postgresql.ARRAY(sa.BigInteger()),
            nullable=False,
            comment="who is named for all of its validity: whose rights its QR code answers for",
        ),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False, comment="of the content, keyed: tells a change"),
        sa.Column("content", sa.LargeBinary(), nullable=False, comment="domain.card.Card as JSON"),
        sa.Column("check_code", sa.LargeBinary(), nullable=False, comment="the end of the address in its QR code"),
        sa.Column("check_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the code"),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk__card__contract_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__card")),
        sa.UniqueConstraint("public_id", name=op.f("uq__card__public_id")),
        sa.UniqueConstraint("contract_id", "year", "version", name="uq__card__version"),
    )
    op.create_index("uq__card__check_hash", "card", ["check_hash"], unique=True)
