"""ix__attachment__begun holds what members began too: what is left of requests that ended is swept"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix__attachment__begun", table_name="attachment")
    op.create_index("ix__attachment__begun", "attachment", ["created_at"], postgresql_where=sa.text("sent_at is null"))
