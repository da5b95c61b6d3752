"""api access: clients, what members allowed, tokens and codes; readings through a token"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_client",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="as members read it"),
        sa.Column("purpose", sa.Text(), nullable=False, comment="what it wants the data for, as members read it"),
        sa.Column(
            "secret_hash", sa.LargeBinary(), nullable=True, comment="null: it cannot keep a secret (a public client)"
        ),
        sa.Column("redirect_uris", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("grant_types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "scopes",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="all that it may ever ask; domain.api_scope.Scope",
        ),
        sa.Column("per_minute", sa.BigInteger(), nullable=False, comment="requests that it may make a minute"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__api_client")),
        sa.UniqueConstraint("public_id", name=op.f("uq__api_client__public_id")),
    )
    op.create_table(
        "api_grant",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True, comment="of a personal token, as its member named it"),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("person_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False, comment="the question exactly as it was shown"),
        sa.Column("granted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_ip", postgresql.INET(), nullable=True),
        sa.CheckConstraint("(client_id is null) = (name is not null)", name=op.f("ck__api_grant__personal_has_a_name")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk__api_grant__account_id"), ondelete="cascade"
        ),
        sa.ForeignKeyConstraint(["client_id"], ["api_client.id"], name=op.f("fk__api_grant__client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__api_grant")),
        sa.UniqueConstraint("public_id", name=op.f("uq__api_grant__public_id")),
    )
    op.create_index("ix__api_grant__account_id", "api_grant", ["account_id", "id"], unique=False)
    op.create_table(
        "api_code",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("grant_id", sa.BigInteger(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("challenge", sa.Text(), nullable=False, comment="S256 only"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "used_at", sa.DateTime(timezone=True), nullable=True, comment="a second use revokes the tokens of the first"
        ),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["api_grant.id"], name=op.f("fk__api_code__grant_id"), ondelete="cascade"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__api_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq__api_code__code_hash")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=True, comment="null: a personal token"),
        sa.Column("grant_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "actor_id",
            sa.BigInteger(),
            nullable=True,
            comment="who acts for the client after a token exchange (RFC 8693)",
        ),
        sa.Column("family", sa.Uuid(), nullable=True, comment="of refresh tokens that followed each other"),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "used_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="of a refresh token: a second use revokes its family",
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('access', 'refresh')", name=op.f("ck__api_token__kind")),
        sa.CheckConstraint("num_nonnulls(client_id, grant_id) > 0", name=op.f("ck__api_token__somebodys")),
        sa.ForeignKeyConstraint(["actor_id"], ["api_client.id"], name=op.f("fk__api_token__actor_id")),
        sa.ForeignKeyConstraint(["client_id"], ["api_client.id"], name=op.f("fk__api_token__client_id")),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["api_grant.id"], name=op.f("fk__api_token__grant_id"), ondelete="cascade"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq__api_token__token_hash")),
    )
    op.create_index("ix__api_token__expires_at", "api_token", ["expires_at"], unique=False)
    op.create_index("ix__api_token__grant_id", "api_token", ["grant_id"], unique=False)
    op.add_column(
        "reading",
        sa.Column("token_id", sa.BigInteger(), nullable=True, comment="api_token.id; the row outlives the token"),
    )
    op.add_column(
        "reading", sa.Column("day", sa.Date(), nullable=True, comment="in Paris, of a reading through a token")
    )
    op.add_column(
        "reading",
        sa.Column(
            "assistant", sa.Text(), nullable=True, comment="who asked through the token, as it was named on that day"
        ),
    )
    op.alter_column(
        "reading",
        "session_id",
        existing_type=sa.BIGINT(),
        nullable=True,
        existing_comment="web_session.id; the row outlives the session",
    )
    op.create_index("uq__reading__token", "reading", ["token_id", "subject_person_id", "what", "day"], unique=True)
    for name, rule in (
        ("session_or_token", "num_nonnulls(session_id, token_id) = 1"),
        ("token_has_a_day", "num_nonnulls(token_id, day) <> 1"),
    ):
        # In two steps: the scan of what is there holds nobody up.
        op.execute(f"alter table reading add constraint ck__reading__{name} check ({rule}) not valid")
        op.execute(f"alter table reading validate constraint ck__reading__{name}")
