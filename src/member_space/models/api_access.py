"""Applications and assistants that ask in a member's name (OAuth 2): who they are, what they may, with what token."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY, INET
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, CreatedAt, Id, PublicId


class ApiClient(Base):
    """An application that the office let in. Its public id is its ``client_id``."""

    __tablename__ = "api_client"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    name: Mapped[str] = mapped_column(comment="as members read it")
    purpose: Mapped[str] = mapped_column(comment="what it wants the data for, as members read it")
    secret_hash: Mapped[bytes | None] = mapped_column(comment="null: it cannot keep a secret (a public client)")
    redirect_uris: Mapped[list[str]] = mapped_column(ARRAY(Text))
    grant_types: Mapped[list[str]] = mapped_column(ARRAY(Text))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="all that it may ever ask; domain.api_scope.Scope")
    per_minute: Mapped[int] = mapped_column(comment="requests that it may make a minute")
    created_at: Mapped[CreatedAt]
    closed_at: Mapped[datetime | None]

    @property
    def client_id(self) -> str:
        """As it is called in requests."""
        return str(self.public_id)


class ApiGrant(Base):
    """What a member allowed: to a client, or to a token of his own (without client, with a name).

    ``person_ids``: whose data, as ticked on that day; who joins the household later is not among them.
    """

    __tablename__ = "api_grant"
    __table_args__ = (
        CheckConstraint("(client_id is null) = (name is not null)", name="personal_has_a_name"),
        Index("ix__api_grant__account_id", "account_id", "id"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    client_id: Mapped[int | None] = mapped_column(ForeignKey("api_client.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="cascade"))
    name: Mapped[str | None] = mapped_column(comment="of a personal token, as its member named it")
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    person_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    wording: Mapped[str] = mapped_column(comment="the question exactly as it was shown")
    granted_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    last_ip: Mapped[str | None] = mapped_column(INET)


class ApiToken(Base):
    """An opaque token, kept as its hash. Without a grant it is a client's own, and reads nobody's data."""

    __tablename__ = "api_token"
    __table_args__ = (
        CheckConstraint("kind in ('access', 'refresh')", name="kind"),
        CheckConstraint("num_nonnulls(client_id, grant_id) > 0", name="somebodys"),
        Index("ix__api_token__grant_id", "grant_id"),
        Index("ix__api_token__expires_at", "expires_at"),
    )

    id: Mapped[Id]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    kind: Mapped[str]
    client_id: Mapped[int | None] = mapped_column(ForeignKey("api_client.id"), comment="null: a personal token")
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("api_grant.id", ondelete="cascade"))
    actor_id: Mapped[int | None] = mapped_column(
        ForeignKey("api_client.id"), comment="who acts for the client after a token exchange (RFC 8693)"
    )
    family: Mapped[uuid.UUID | None] = mapped_column(comment="of tokens that came of each other")
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    issued_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(comment="of a refresh token: a second use ends its grant")
    revoked_at: Mapped[datetime | None]


class ApiCode(Base):
    """An authorization code, kept as its hash: good once, for a minute, with its verifier (RFC 7636)."""

    __tablename__ = "api_code"

    id: Mapped[Id]
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("api_grant.id", ondelete="cascade"), index=True)
    redirect_uri: Mapped[str]
    challenge: Mapped[str] = mapped_column(comment="S256 only")
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(comment="a second use revokes the tokens of the first")
