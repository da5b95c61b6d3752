"""attachment_file: pages that are turned and moved by hand; attachment: which arrangement, waiting since when

Constant defaults: no table is rewritten. Of what waits or is not sent yet, a handful of rows are completed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "attachment",
        sa.Column(
            "arrangement",
            sa.BigInteger(),
            server_default="1",
            nullable=False,
            comment="grows when its pages are turned, moved, added or taken away",
        ),
    )
    op.add_column(
        "attachment",
        sa.Column(
            "waits_since",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="for the worker: since it came, or was last arranged",
        ),
    )
    op.execute("update attachment set waits_since = created_at where state = 'received'")
    op.drop_index("ix__attachment__waiting", table_name="attachment")
    op.create_index(
        "ix__attachment__waiting", "attachment", ["waits_since"], postgresql_where=sa.text("state = 'received'")
    )
    op.create_index(
        "ix__attachment__begun",
        "attachment",
        ["created_at"],
        postgresql_where=sa.text("side = 'office' and sent_at is null"),
    )
    for column in (
        sa.Column(
            "turns", sa.SmallInteger(), server_default="0", nullable=False, comment="by hand, quarters to the right"
        ),
        sa.Column(
            "shown_page",
            sa.SmallInteger(),
            nullable=True,
            comment="its page of what is shown, as it was last made; null until then",
        ),
        sa.Column(
            "shown_turns", sa.SmallInteger(), server_default="0", nullable=False, comment="how it was turned there"
        ),
    ):
        op.add_column("attachment_file", column)
    op.create_check_constraint(
        op.f("ck__attachment_file__turns"), "attachment_file", "turns between 0 and 3 and shown_turns between 0 and 3"
    )
    op.execute(
        "update attachment_file set shown_page = position + 1 from attachment "
        "where attachment.id = attachment_id and state = 'checked' and sent_at is null"
    )
    op.drop_constraint("uq__attachment_file__position", "attachment_file")
    op.create_unique_constraint(
        "uq__attachment_file__position",
        "attachment_file",
        ["attachment_id", "position"],
        deferrable=True,
        initially="IMMEDIATE",
    )
