"""attachment: fingerprints of what is shown, so that the ZIP of all of it is known before a file is read

Null for what was checked before: taken from the file at night, by a task.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attachment", sa.Column("shown_sha256", sa.LargeBinary(), nullable=True))
    op.add_column(
        "attachment", sa.Column("shown_crc32", sa.BigInteger(), nullable=True, comment="as a ZIP wants it, unsigned")
    )
