"""quote_line: the lines of a quote as its member typed them, with the estimate that he last saw (C83)"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quote_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("care", sa.Text(), nullable=False, comment="code of a domain.care_choice.CareChoice"),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False, comment="of all its acts"),
        sa.Column("quantity", sa.SmallInteger(), nullable=False),
        sa.Column("frame_price", sa.BigInteger(), nullable=True),
        sa.Column("base", sa.BigInteger(), nullable=True, comment="as on the quote; null: that of our tables"),
        sa.Column("sector", sa.Text(), nullable=False, comment="key of services.simulator_words.SECTORS"),
        sa.Column(
            "estimate",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="domain.quote.LineEstimate as the member last saw it; null: nothing could be computed",
        ),
        sa.CheckConstraint("rank between 1 and 20", name=op.f("ck__quote_line__rank")),
        sa.CheckConstraint("char_length(label) between 1 and 200", name=op.f("ck__quote_line__label")),
        sa.CheckConstraint("price > 0 and price <= 50000000", name=op.f("ck__quote_line__price")),
        sa.CheckConstraint("quantity between 1 and 366", name=op.f("ck__quote_line__quantity")),
        sa.CheckConstraint("frame_price between 0 and price", name=op.f("ck__quote_line__frame_price")),
        sa.CheckConstraint("base between 0 and 50000000", name=op.f("ck__quote_line__base")),
        sa.CheckConstraint("sector in ('1', 'optam', '2')", name=op.f("ck__quote_line__sector")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk__quote_line__contract_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk__quote_line__request_id"), ondelete="cascade"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__quote_line")),
        sa.UniqueConstraint("request_id", "rank", name="uq__quote_line__rank"),
    )
