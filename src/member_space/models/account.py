"""Account, the browsers it is signed in from, and the ways in that it has."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, false, text
from sqlalchemy.dialects.postgresql import ARRAY, INET
from sqlalchemy.orm import Mapped, mapped_column, relationship

from member_space.models.base import Base, BlindIndex, CreatedAt, Encrypted, Id, PublicId
from member_space.models.person import Person


class Account(Base):
    """A member's account is a person's; an office account is nobody's, and names its colleague itself."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("role in ('member', 'handler', 'supervisor', 'auditor', 'administrator')", name="role"),
        CheckConstraint("(role = 'member') = (person_id is not null)", name="member_is_a_person"),
        CheckConstraint("(role = 'member') = (office_name is null)", name="office_has_a_name"),
        CheckConstraint("role <> 'member' or team is null", name="office_has_a_team"),
        CheckConstraint("role <> 'member' or skills is null", name="office_has_skills"),
        # One open account a person: a closed one stays for the journal that names it, and may be followed by another.
        Index("uq__account__person_id", "person_id", unique=True, postgresql_where=text("closed_at is null")),
        # A few colleagues among a million members: their list reads them alone.
        Index("ix__account__office", "id", postgresql_where=text("role <> 'member'")),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    office_name: Mapped[str | None] = mapped_column(comment="first and last name of a colleague of the office")
    team: Mapped[str | None] = mapped_column(comment="of a colleague, as members read it; null: the one of his role")
    skills: Mapped[list[str] | None] = mapped_column(
        ARRAY(Text), comment="of a colleague: the queues of the catalogue that he works; null: all of them"
    )
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None] = mapped_column(comment="null: no way in by password")
    role: Mapped[str] = mapped_column(server_default="member", comment="domain.permissions.Role")
    created_at: Mapped[CreatedAt]
    last_signed_in_at: Mapped[datetime | None]
    password_changed_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(
        server_default=false(), comment="the next sign-in asks for a new password first"
    )
    reset_channel: Mapped[str | None] = mapped_column(
        comment="how a forgotten password was replaced, until the next sign-in: that channel proves nothing more"
    )
    mobile: Mapped[str | None] = mapped_column(comment="E.164; confirmed by a code, the only number that gets codes")
    totp_secret: Mapped[Encrypted | None]
    totp_last_step: Mapped[int | None] = mapped_column(comment="the last 30 s step used: a code is never taken twice")
    email_bounced_at: Mapped[datetime | None] = mapped_column(comment="since when the address receives nothing")
    language: Mapped[str] = mapped_column(server_default="fr", comment="of the messages")
    daily_mail: Mapped[bool] = mapped_column(server_default=false(), comment="what can wait comes in one mail a day")
    payments_frozen_at: Mapped[datetime | None] = mapped_column(comment="« ce n'est pas moi » after a change of IBAN")
    closing_asked_at: Mapped[datetime | None] = mapped_column(comment="30 days of grace run from here")
    closed_at: Mapped[datetime | None]

    person: Mapped[Person | None] = relationship(lazy="raise")


class Device(Base):
    """A browser that an account trusts; the cookie holds a random token, the row its SHA-256."""

    __tablename__ = "device"
    __table_args__ = (Index("ix__device__account_id", "account_id", "last_seen_at"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="cascade"))
    name: Mapped[str | None] = mapped_column(comment="given by the member")
    user_agent: Mapped[str | None]
    ip: Mapped[str | None] = mapped_column(INET, comment="the last one")
    created_at: Mapped[CreatedAt]
    last_seen_at: Mapped[datetime]
    trusted_until: Mapped[datetime] = mapped_column(comment="90 days after the last sign-in; in the past once revoked")


class WebSession(Base):
    """A signed-in browser; the cookie holds a random token, the row its SHA-256."""

    __tablename__ = "web_session"
    __table_args__ = (Index("ix__web_session__account_id__last_seen_at", "account_id", "last_seen_at", "id"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="cascade"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id", ondelete="set null"), index=True)
    created_at: Mapped[CreatedAt]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    proved_at: Mapped[datetime | None] = mapped_column(comment="the last second factor given in this session")
    ip: Mapped[str | None] = mapped_column(INET)
    user_agent: Mapped[str | None]


class SignInFailure(Base):
    """A refused sign-in; counted for each pair of account and network, so that nobody locks another out (C13)."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("ix__sign_in_failure__email_network", "email_index", "network", "failed_at"),)

    id: Mapped[Id]
    email_index: Mapped[BlindIndex] = mapped_column(comment="keyed index of the address typed, known or not")
    network: Mapped[str]
    failed_at: Mapped[CreatedAt]


class TermsAcceptance(Base):
    """The terms of use that an account accepted, in their exact words (C19)."""

    __tablename__ = "terms_acceptance"

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="cascade"), index=True)
    version: Mapped[str] = mapped_column(comment="SHA-256 of the page's text, hexadecimal")
    accepted_at: Mapped[CreatedAt]
    ip: Mapped[str | None] = mapped_column(INET)


class TermsText(Base):
    """The words that somebody accepted, kept for as long as it must be proved what they were."""

    __tablename__ = "terms_text"

    version: Mapped[str] = mapped_column(primary_key=True, comment="SHA-256 of the text, hexadecimal")
    text: Mapped[str]
    first_accepted_at: Mapped[datetime]


class Passkey(Base):
    """A WebAuthn credential of an account."""

    __tablename__ = "passkey"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="cascade"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    name: Mapped[str]
    created_at: Mapped[CreatedAt]
    last_used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One of the ten codes that a member keeps on paper; used once."""

    __tablename__ = "recovery_code"

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="cascade"), index=True)
    code_index: Mapped[BlindIndex] = mapped_column(comment="keyed index of the code and the account")
    used_at: Mapped[datetime | None]


class OidcLink(Base):
    """An identity of another provider that opens this account; bound on pivot identity only (C14)."""

    __tablename__ = "oidc_link"

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="cascade"), index=True)
    issuer: Mapped[str]
    subject_index: Mapped[BlindIndex] = mapped_column(unique=True, comment="keyed index of issuer and subject")
    linked_at: Mapped[CreatedAt]


class Draft(Base):
    """What somebody typed and did not send: found again after signing in (C17)."""

    __tablename__ = "draft"
    __table_args__ = (Index("uq__draft__account_id__form", "account_id", "form", unique=True),)

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="cascade"))
    form: Mapped[str] = mapped_column(comment="the path of the page that holds the form")
    values: Mapped[Encrypted] = mapped_column(comment="JSON: field name to text, and the field it stopped at")
    updated_at: Mapped[datetime]
