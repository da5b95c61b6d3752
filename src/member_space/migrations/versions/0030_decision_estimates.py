"""decision_line: the care of a quote's line, and what the engine said of it (C82)"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "decision_line",
        sa.Column("care", sa.Text(), nullable=True, comment="of a quote: code of a domain.care_choice.CareChoice"),
    )
    op.add_column(
        "decision_line",
        sa.Column(
            "care_facts",
            postgresql.JSONB(),
            nullable=True,
            comment="what else the engine was told of it: services.request_decision.CARE_FACTS",
        ),
    )
    op.add_column(
        "decision_line",
        sa.Column(
            "estimate",
            postgresql.JSONB(),
            nullable=True,
            comment="domain.quote.LineEstimate of that day; null: nothing was computed",
        ),
    )
    op.create_check_constraint(
        op.f("ck__decision_line__care_facts"), "decision_line", "(care is null) = (care_facts is null)"
    )
