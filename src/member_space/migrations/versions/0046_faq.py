"""faq_entry and faq_version: what the adviser answers from, by version"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "faq_entry",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False, comment="domain.faq.Family"),
        sa.Column("position", sa.BigInteger(), nullable=False, comment="within the list"),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk__faq_entry")),
    )
    op.create_table(
        "faq_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column(
            "paraphrases", postgresql.ARRAY(sa.Text()), nullable=False, comment="other ways to ask it; never shown"
        ),
        sa.Column(
            "answer", sa.Text(), nullable=False, comment="Markdown; {{phone}} and the like: services.faq.values_of"
        ),
        sa.Column("question_en", sa.Text(), nullable=True),
        sa.Column("answer_en", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column(
            "links",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="pages of the space: path, fr, en",
        ),
        sa.Column(
            "as_of", sa.Date(), nullable=False, comment="the day on which the answer was checked against its source"
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True, comment="null: the product's own words"),
        sa.Column("retired", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "words",
            postgresql.TSVECTOR(),
            nullable=False,
            comment="French stems of the question and its paraphrases, folded",
        ),
        sa.ForeignKeyConstraint(["slug"], ["faq_entry.slug"], name=op.f("fk__faq_version__slug")),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk__faq_version__author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__faq_version")),
        sa.UniqueConstraint("slug", "version", name="uq__faq_version__version"),
    )
