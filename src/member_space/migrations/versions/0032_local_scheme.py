"""coverage: whether the fund pays by the local scheme of Alsace-Moselle, dated as the coverage is"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "coverage",
        sa.Column(
            "local_scheme",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="the fund's rates are those of Alsace-Moselle",
        ),
    )
