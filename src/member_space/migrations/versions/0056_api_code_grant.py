"""api_code: what goes with a grant is found by it; api_token: what its family and its use are for"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix__api_code__grant_id"), "api_code", ["grant_id"], unique=False)
    op.alter_column(
        "api_token",
        "family",
        existing_type=sa.Uuid(),
        existing_nullable=True,
        existing_comment="of refresh tokens that followed each other",
        comment="of tokens that came of each other",
    )
    op.alter_column(
        "api_token",
        "used_at",
        existing_type=sa.DateTime(timezone=True),
        existing_nullable=True,
        existing_comment="of a refresh token: a second use revokes its family",
        comment="of a refresh token: a second use ends its grant",
    )
