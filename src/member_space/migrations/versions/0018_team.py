"""account.team, reading.team and reading.role: who read a file, as it was on that day (C157)

Columns without a default: no table is rewritten. What was read before has the role that the account has today.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "account",
        sa.Column(
            "team", sa.Text(), nullable=True, comment="of a colleague, as members read it; null: the one of his role"
        ),
    )
    op.create_check_constraint(op.f("ck__account__office_has_a_team"), "account", "role <> 'member' or team is null")
    op.add_column(
        "reading",
        sa.Column(
            "role", sa.Text(), nullable=True, comment="of the account on that day; null: read before this was kept"
        ),
    )
    op.add_column(
        "reading",
        sa.Column("team", sa.Text(), nullable=True, comment="of the colleague on that day; null: the one of his role"),
    )
