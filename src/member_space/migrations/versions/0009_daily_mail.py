"""account.daily_mail: who wants what can wait in one mail a day

A constant default: the table is not rewritten.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "account",
        sa.Column(
            "daily_mail",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="what can wait comes in one mail a day",
        ),
    )
