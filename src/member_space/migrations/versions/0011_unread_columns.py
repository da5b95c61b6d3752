"""attachment.checked_at, usual_time.cases and computed_at: written, and read by nothing

No table is rewritten: PostgreSQL forgets a column at once.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("attachment", "checked_at")
    op.drop_column("usual_time", "cases")
    op.drop_column("usual_time", "computed_at")
