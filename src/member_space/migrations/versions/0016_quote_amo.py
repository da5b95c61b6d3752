"""decision_line.amo: the share of the Assurance Maladie in a quote, without which what is left was too much

The checks are written again with it; a null share counts for nothing, so the lines that are there keep them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "decision_line",
        sa.Column(
            "amo",
            sa.BigInteger(),
            nullable=True,
            comment="share of the Assurance Maladie in a quote; null: not known",
        ),
    )
    op.drop_constraint("ck__decision_line__granted", "decision_line")
    op.drop_constraint("ck__decision_line__reason_when_less", "decision_line")
    op.create_check_constraint(
        "granted", "decision_line", "granted >= 0 and amo >= 0 and asked >= coalesce(amo, 0) + granted"
    )
    op.create_check_constraint(
        "reason_when_less", "decision_line", "(asked = coalesce(amo, 0) + granted) or reason is not null"
    )
    op.alter_column(
        "attachment",
        "attempts",
        existing_type=sa.SmallInteger(),
        existing_nullable=False,
        existing_server_default="0",
        comment="times that a worker began on it and did not end",
        existing_comment="of the antivirus",
    )
