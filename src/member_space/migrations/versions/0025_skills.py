"""account.skills: the queues that a colleague works (C105)

A column without a default: no table is rewritten.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "account",
        sa.Column(
            "skills",
            postgresql.ARRAY(sa.Text()),
            nullable=True,
            comment="of a colleague: the queues of the catalogue that he works; null: all of them",
        ),
    )
    op.create_check_constraint(op.f("ck__account__office_has_skills"), "account", "role <> 'member' or skills is null")
