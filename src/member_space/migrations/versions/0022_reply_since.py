"""request.awaits_reply_since, which the office's list counts and filters by; what comes back by its time is news

Set for what is open: what ended was answered.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

NEWS = "side = 'member' or (side = 'system' and act in ('provide', 'wake'))"


def upgrade() -> None:
    op.add_column(
        "request",
        sa.Column(
            "awaits_reply_since",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when its member's oldest message that nobody answered was written, the one it was sent with apart",
        ),
    )
    op.alter_column(
        "request",
        "activity_at",
        comment="last message, or change of state: what its member sees",
        existing_comment="last transition or message",
    )
    op.execute(
        """
        update request set awaits_reply_since = (
          select min(said.sent_at) from message said
          where said.request_id = request.id and said.kind <> 'thanks' and said.sent_at > request.sent_at
          and said.id > coalesce(
            (select max(a.id) from message a where a.request_id = request.id and a.side <> 'member'), 0
          )
        )
        where state in ('to_do', 'in_review', 'waiting_member', 'on_hold')
        """
    )
    op.drop_index("ix__request_transition__by_member", table_name="request_transition")
    op.create_index("ix__request_transition__news", "request_transition", ["id"], postgresql_where=sa.text(NEWS))
