"""data_export.format, since, until: the reimbursements of a long period are a file of a day too (C59)"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("data_export", sa.Column("format", sa.Text(), nullable=True, comment="null: a copy of everything"))
    op.add_column("data_export", sa.Column("since", sa.Date(), nullable=True))
    op.add_column("data_export", sa.Column("until", sa.Date(), nullable=True))
    op.create_check_constraint(
        op.f("ck__data_export__format"), "data_export", "format in ('csv', 'xlsx', 'json', 'fhir')"
    )
    op.create_check_constraint(
        op.f("ck__data_export__whole"), "data_export", "num_nulls(format, since, until) in (0, 3)"
    )
