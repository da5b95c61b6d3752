"""breach: a leak of personal data and whom it concerns

A migration runs while the site is open: add before you remove, never lock a large table for long (4 s, then it
gives up), separate data from schema, fill large tables in batches.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "breach",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("story", sa.Text(), nullable=False, comment="what happened and what was done, in plain words"),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True, comment="null: on that one day"),
        sa.Column(
            "leaked",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="of domain.breach.Leaked",
        ),
        sa.Column("declared_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("ended_on is null or ended_on >= began_on", name=op.f("ck__breach__days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__breach")),
        sa.UniqueConstraint("public_id", name=op.f("uq__breach__public_id")),
    )
    op.create_table(
        "breach_person",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("breach_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("told_person_id", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True, comment="who is told opened the page"),
        sa.ForeignKeyConstraint(
            ["breach_id"], ["breach.id"], name=op.f("fk__breach_person__breach_id"), ondelete="cascade"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk__breach_person__person_id")),
        sa.ForeignKeyConstraint(["told_person_id"], ["person.id"], name=op.f("fk__breach_person__told_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__breach_person")),
    )
    op.create_index("uq__breach_person", "breach_person", ["breach_id", "person_id"], unique=True)
    op.create_index(
        "ix__breach_person__unread",
        "breach_person",
        ["told_person_id"],
        postgresql_where=sa.text("read_at is null"),
    )
    op.create_index("ix__breach_person__told", "breach_person", ["told_person_id", "breach_id"])
    op.create_index(op.f("ix__breach_person__person_id"), "breach_person", ["person_id"])
