"""An index of the members' messages that no colleague opened yet: the office's list says of which requests"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix__message__unread_by_office",
        "message",
        ["request_id"],
        postgresql_where=sa.text("side = 'member' and read_at is null"),
    )
