"""guarantee says all that the engine computes with: formulas, baskets, ceilings of glasses, caps (C30)

What a line said in one percentage, one amount and one frequency is written again in the new columns, then the old ones
go. A table of a few dozen rows: it is rewritten within the transaction.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

HEADINGS = {
    "hospital": ("hospital",),
    "dental": ("dental_care", "dental_prosthesis", "orthodontics"),
    "optics": ("optics",),
    "hearing": ("hearing",),
    "routine_care": (
        "consultation",
        "specialist",
        "medical_act",
        "pharmacy",
        "biology",
        "imaging",
        "auxiliary",
        "psychology",
        "equipment",
        "transport",
    ),
}
NEW: tuple[sa.Column[Any], ...] = (
    sa.Column("heading", sa.Text(), server_default="other", nullable=False),
    sa.Column("article", sa.Text(), server_default="", nullable=False, comment="of the contract; empty: not told"),
    sa.Column(
        "families",
        postgresql.ARRAY(sa.Text()),
        server_default="{}",
        nullable=False,
        comment="where no act is named",
    ),
    sa.Column("acts", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
    sa.Column("basket", sa.Text(), nullable=True),
    sa.Column(
        "base_rate", sa.Integer(), nullable=True, comment="hundredths of a percent of the base, AMO share included"
    ),
    sa.Column(
        "without_optam_rate",
        sa.Integer(),
        nullable=True,
        comment="instead of base_rate, for a doctor of sector 2 without OPTAM",
    ),
    sa.Column("lump_sum_per", sa.Text(), nullable=True),
    sa.Column(
        "fee_rate", sa.Integer(), nullable=True, comment="hundredths of a percent of the fee, AMO share included"
    ),
    sa.Column("optics_frame", sa.Integer(), nullable=True, comment="most of a pair's ceiling that the frame takes"),
    sa.Column(
        "optics_ceilings",
        postgresql.JSONB(none_as_null=True),
        nullable=True,
        comment="cents of a pair by class of lenses, frame and AMO share included",
    ),
    sa.Column(
        "caps",
        postgresql.JSONB(),
        server_default=sa.text("'[]'"),
        nullable=False,
        comment="each {period, amount in cents or null, count or null}",
    ),
)
CHECKS = {
    "period": "not isempty(period) and lower(period) is not null",
    "heading": "heading in ('hospital', 'routine_care', 'dental', 'optics', 'hearing', 'other')",
    "basket": "basket in ('no_rest', 'moderate', 'free')",
    "lump_sum_per": "lump_sum_per in ('act', 'session', 'day', 'year')",
    "lump_sum": "(lump_sum is null) = (lump_sum_per is null)",
    "without_optam": "base_rate is not null or without_optam_rate is null",
    "optics": "(optics_frame is null) = (optics_ceilings is null)",
    "some_care": "cardinality(families) + cardinality(acts) > 0",
}


def upgrade() -> None:
    op.add_column(
        "guarantee_table",
        sa.Column(
            "responsible",
            sa.Boolean(),
            server_default="true",
            nullable=False,
            comment="respects the limits of article L. 871-1",
        ),
    )
    # A table is what its contracts said that it is.
    op.execute(
        "update guarantee_table set responsible = not exists (select 1 from contract_terms"
        " where guarantee_table_id = guarantee_table.id and not contract_terms.responsible)"
    )
    op.alter_column("guarantee_table", "responsible", server_default=None)
    op.drop_constraint("ck__guarantee__says_something", "guarantee")
    op.alter_column("guarantee", "amount", new_column_name="lump_sum")
    op.alter_column(
        "guarantee",
        "real_cost",
        new_column_name="full_cost",
        comment="frais réels, within the limit of price of the basket",
        existing_comment="frais réels, within the caps of 100 % Santé",
    )
    for column in NEW:
        op.add_column("guarantee", column)
    _write_again()
    for name in ("family", "percent", "cap", "frequency"):
        op.drop_column("guarantee", name)
    for name in ("heading", "article", "families", "acts"):
        op.alter_column("guarantee", name, server_default=None)
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck__guarantee__{name}"), "guarantee", rule)


def _write_again() -> None:
    """What the old columns said, in the new ones."""
    for heading, families in HEADINGS.items():
        op.execute(
            sa.text("update guarantee set heading = :heading where family = any(:families)").bindparams(
                heading=heading, families=list(families)
            )
        )
    op.execute(
        """
        update guarantee set
            period = daterange(coalesce(lower(period), '0001-01-01'), upper(period)),
            families = array[family],
            base_rate = percent * 100,
            basket = case when full_cost and family in ('dental_prosthesis', 'optics', 'hearing') then 'no_rest' end,
            lump_sum_per = case
                when lump_sum is null then null
                when frequency in ('day', 'session') then frequency
                when frequency = 'year' and cap is null then 'year'
                else 'act' end,
            caps = case
                when cap is not null then jsonb_build_array(jsonb_build_object(
                    'period', case frequency when 'year' then 'civil_year' else coalesce(frequency, 'civil_year') end,
                    'amount', cap, 'count', null))
                when frequency in ('two_years', 'four_years') then jsonb_build_array(jsonb_build_object(
                    'period', frequency, 'amount', null, 'count', 1))
                else '[]' end
        """
    )
