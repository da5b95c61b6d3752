"""practice: the joins compare whole directories, by hashes: what they were thought to look up is read by nothing"""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix__practice__name_key_postcode_speciality", table_name="practice")
    op.drop_index("ix__practice__rpps", table_name="practice")
