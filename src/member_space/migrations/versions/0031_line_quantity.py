"""A line of a statement is of one act at least: the import refuses another, the database does too"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_check_constraint(op.f("ck__statement_line__quantity"), "statement_line", "quantity >= 1")
