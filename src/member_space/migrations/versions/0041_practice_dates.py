"""practice: no date a row, as whoever is there is in the newest extract; practitioner_refusal: of which file"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("rpps_on", "ameli_on", "network_on"):
        op.drop_column("practice", column)
    op.drop_constraint("pk__practitioner_refusal", "practitioner_refusal")
    op.add_column("practitioner_refusal", sa.Column("file", sa.Text(), nullable=False))
    op.create_primary_key("pk__practitioner_refusal", "practitioner_refusal", ["import_id", "file", "line"])
