"""request_words instead of search_entry: one row a request, so that a search looks at each once

The words are kept as they are, not compressed: what their column measures is what PostgreSQL limits. What was kept is
taken over.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "request_words",
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "words",
            postgresql.TSVECTOR(),
            nullable=False,
            comment="services.request_search.searchable, without places",
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk__request_words__request_id"), ondelete="cascade"
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk__request_words")),
    )
    op.execute("alter table request_words alter column words set storage external")
    op.execute("""
        insert into request_words (request_id, words)
        select e.request_id, strip(to_tsvector('simple', left(string_agg(e.folded, ' '), 200000)))
        from search_entry e join request r on r.id = e.request_id
        where r.state <> 'draft'
        group by e.request_id
    """)
    op.create_index("ix__request_words__words", "request_words", ["words"], unique=False, postgresql_using="gin")
    op.drop_table("search_entry")
