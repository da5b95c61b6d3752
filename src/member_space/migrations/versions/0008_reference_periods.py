"""régimes and act families have their dates of effect, as acts and tariffs

Those that are there were in force before our oldest figure (2000-01-01, see domain/reference.py). Two tables of some
tens of rows.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("regime", "act_family"):
        op.add_column(
            table,
            sa.Column("period", postgresql.DATERANGE(), nullable=False, server_default=sa.text("'[2000-01-01,)'")),
        )
        op.alter_column(table, "period", server_default=None)
