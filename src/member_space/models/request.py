"""Request: what a member sends and the office answers, whatever its kind, with its messages, notes, log and decision.

Each row carries the contract of its household. What only the office may read is in tables of its own (InternalNote,
RequestPresence): no query of a member's page touches them.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR, UUID
from sqlalchemy.orm import Mapped, mapped_column

from member_space.models.base import Base, BigCents, CreatedAt, Id, PublicId

KINDS = "'claim', 'quote', 'message', 'change', 'complaint'"
STATES = "'draft', 'to_do', 'in_review', 'waiting_member', 'on_hold', 'decided', 'closed', 'withdrawn', 'duplicate'"
OPEN = "state in ('to_do', 'in_review', 'waiting_member', 'on_hold')"
SIDES = "'member', 'office', 'system'"
NEWS_OF_OFFICE = "side = 'member' or (side = 'system' and act in ('provide', 'wake'))"
"""Transitions that the office's open pages tell of: what comes back to its list, from a member or by its time."""


class Request(Base):
    """``version`` grows with every transition and message: who read an older one cannot decide (R10, R11)."""

    __tablename__ = "request"
    __table_args__ = (
        CheckConstraint(f"kind in ({KINDS})", name="kind"),
        CheckConstraint(f"state in ({STATES})", name="state"),
        CheckConstraint("(state = 'draft') = (sent_at is null)", name="draft_not_sent"),
        CheckConstraint("(sent_at is null) = (number is null)", name="number_when_sent"),
        CheckConstraint("outcome in ('accepted', 'partial', 'refused', 'answered')", name="outcome"),
        CheckConstraint("state not in ('in_review') or handler_id is not null", name="somebody_reviews"),
        CheckConstraint("rating between 1 and 5", name="rating"),
        Index("ix__request__author", "author_person_id", "activity_at", "id"),
        Index("ix__request__contract_id", "contract_id", "id"),
        Index("ix__request__queue", "due_at", "id", postgresql_where=text(OPEN)),
        Index("ix__request__handler", "handler_id", "due_at", "id", postgresql_where=text(OPEN)),
        Index("ix__request__activity", "activity_at", "id", postgresql_where=text("state <> 'draft'")),
        Index("ix__request__wake", "wake_at", postgresql_where=text("state = 'on_hold'")),
        Index("ix__request__statement_line_id", "statement_line_id"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    kind: Mapped[str] = mapped_column(comment="domain.request.RequestKind")
    number: Mapped[str | None] = mapped_column(unique=True, comment="domain.request.number_of, drawn when sent")
    state: Mapped[str] = mapped_column(server_default="draft", comment="domain.request.State")
    outcome: Mapped[str | None] = mapped_column(comment="domain.request.Outcome")
    version: Mapped[int] = mapped_column(server_default="1")
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    author_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), comment="who sends, and alone reads it")
    author_account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), comment="the beneficiary concerned")
    topic: Mapped[str | None] = mapped_column(comment="code of an object of the catalogue, e.g. claim.optics")
    care_date: Mapped[date | None]
    amount: Mapped[BigCents | None]
    details: Mapped[dict[str, Any]] = mapped_column(server_default="{}", comment="what this kind alone has, by name")
    body: Mapped[str | None] = mapped_column(comment="the text of a draft; once sent it is the first message")
    statement_line_id: Mapped[int | None] = mapped_column(ForeignKey("statement_line.id"))
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("statement.id"))
    linked_id: Mapped[int | None] = mapped_column(ForeignKey("request.id"), comment="the one it follows or repeats")
    idempotency_key: Mapped[Any | None] = mapped_column(UUID(as_uuid=True), unique=True, comment="one a form")
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), comment="the colleague who has it")
    created_at: Mapped[CreatedAt]
    sent_at: Mapped[datetime | None]
    state_since: Mapped[CreatedAt]
    activity_at: Mapped[CreatedAt] = mapped_column(comment="last message, or change of state: what its member sees")
    awaits_reply_since: Mapped[datetime | None] = mapped_column(
        comment="when its member's oldest message that nobody answered was written, the one it was sent with apart"
    )
    due_at: Mapped[datetime | None] = mapped_column(
        comment="when its target ends; computed from the log, and again when the calendar changes"
    )
    target_minutes: Mapped[int | None] = mapped_column(comment="the target it runs against, in open minutes")
    wake_at: Mapped[datetime | None]
    nudged_at: Mapped[datetime | None] = mapped_column(comment="when its member was told that the draft is not sent")
    closed_at: Mapped[datetime | None]
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    rating_text: Mapped[str | None]
    rated_at: Mapped[datetime | None]


class RequestTransition(Base):
    """The log: one row a transition, never changed. Every delay is computed from it."""

    __tablename__ = "request_transition"
    __table_args__ = (
        CheckConstraint(f"side in ({SIDES})", name="side"),
        # Two decisions on one version cannot both be written, whatever the code above does.
        UniqueConstraint("request_id", "version", name="uq__request_transition__version"),
        Index("ix__request_transition__at", "at", "id"),
        Index("ix__request_transition__news", "id", postgresql_where=text(NEWS_OF_OFFICE)),
    )

    id: Mapped[Id]
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    version: Mapped[int] = mapped_column(comment="of the request after it")
    act: Mapped[str] = mapped_column(comment="domain.request.Act")
    before: Mapped[str]
    after: Mapped[str]
    side: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), comment="null: a job")
    at: Mapped[datetime]
    notice: Mapped[str | None] = mapped_column(
        comment="domain.notices.NoticeKind told; null: nobody is told, on purpose"
    )
    details: Mapped[dict[str, Any]] = mapped_column(server_default="{}", comment="reasons, of closed lists")


class Message(Base):
    """A message of a thread, by the member or the office. ``read_at``: the other side opened it."""

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint(f"side in ({SIDES})", name="side"),
        CheckConstraint("kind in ('text', 'thanks', 'decision', 'piece_asked', 'closing')", name="kind"),
        Index("ix__message__request_id", "request_id", "id"),
        Index(
            "ix__message__unread_by_member",
            "author_person_id",
            "id",
            postgresql_where=text("side <> 'member' and read_at is null"),
        ),
        Index(
            "ix__message__unread_by_office", "request_id", postgresql_where=text("side = 'member' and read_at is null")
        ),
        Index("ix__message__of_member", "author_person_id", "id"),
        Index("ix__message__by_member", "id", postgresql_where=text("side = 'member'")),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    author_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), comment="the member of the thread")
    side: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    assistant: Mapped[str | None] = mapped_column(comment="who wrote it in the member's name, by its name then")
    kind: Mapped[str] = mapped_column(server_default="text")
    body: Mapped[str] = mapped_column(comment="the exact words sent")
    sent_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class InternalNote(Base):
    """Between colleagues. No page, export or search of a member reads this table (R27)."""

    __tablename__ = "internal_note"
    __table_args__ = (Index("ix__internal_note__request_id", "request_id", "id"),)

    id: Mapped[Id]
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    body: Mapped[str]
    written_at: Mapped[datetime]


class ComplaintMeasure(Base):
    """What is changed after a complaint, for the register; the office's own, as a note is (C118)."""

    __tablename__ = "complaint_measure"

    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    words: Mapped[str]
    written_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    written_at: Mapped[datetime]


class RequestPresence(Base):
    """A colleague who has a request open, and until when he alone is expected to work on it (a soft lease)."""

    __tablename__ = "request_presence"

    request_id: Mapped[int] = mapped_column(ForeignKey("request.id", ondelete="cascade"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="cascade"), primary_key=True)
    since: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)


class AskedPiece(Base):
    """A paper that the office asked for; the request waits until it comes (C75)."""

    __tablename__ = "asked_piece"
    __table_args__ = (
        Index("ix__asked_piece__request_id", "request_id", "id"),
        Index("ix__asked_piece__open", "asked_at", postgresql_where=text("answered_at is null")),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    piece: Mapped[str] = mapped_column(comment="code of a piece of the catalogue")
    note: Mapped[str | None] = mapped_column(comment="what is wrong with the one that came, in the handler's words")
    asked_at: Mapped[datetime]
    asked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    due_on: Mapped[date]
    reminders: Mapped[int] = mapped_column(
        SmallInteger, server_default="0", comment="services.request_reminders: 1, 2, then 3, a closure is proposed"
    )
    answered_at: Mapped[datetime | None]


class DecisionLine(Base):
    """A line of what was decided, with its coded reason (C79)."""

    __tablename__ = "decision_line"
    __table_args__ = (
        UniqueConstraint("request_id", "round", "rank", name="uq__decision_line__rank"),
        CheckConstraint("granted >= 0 and amo >= 0 and asked >= coalesce(amo, 0) + granted", name="granted"),
        CheckConstraint("(asked = coalesce(amo, 0) + granted) or reason is not null", name="reason_when_less"),
        CheckConstraint("(care is null) = (care_facts is null)", name="care_facts"),
    )

    id: Mapped[Id]
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    round: Mapped[int] = mapped_column(
        comment="version of the request at that decision: a reopened one is decided again"
    )
    rank: Mapped[int] = mapped_column(SmallInteger)
    label: Mapped[str]
    asked: Mapped[BigCents]
    granted: Mapped[BigCents]
    amo: Mapped[BigCents | None] = mapped_column(comment="share of the Assurance Maladie in a quote; null: not known")
    reason: Mapped[str | None] = mapped_column(comment="domain.decision.Reason")
    note: Mapped[str | None]
    care: Mapped[str | None] = mapped_column(comment="of a quote: code of a domain.care_choice.CareChoice")
    care_facts: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB(none_as_null=True), comment="what else the engine was told of it: services.request_decision.CARE_FACTS"
    )
    estimate: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB(none_as_null=True), comment="domain.quote.LineEstimate of that day; null: nothing was computed"
    )


class RequestWords(Base):
    """The words of a sent request, of its messages and of the names of its files, folded: what both searches read."""

    __tablename__ = "request_words"
    __table_args__ = (Index("ix__request_words__words", "words", postgresql_using="gin"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("request.id", ondelete="cascade"), primary_key=True)
    words: Mapped[Any] = mapped_column(TSVECTOR, comment="services.request_search.searchable, without places")


class UsualTime(Base):
    """What requests of a kind usually took over the last thirty days, in open minutes; computed from the log (C97)."""

    __tablename__ = "usual_time"

    kind: Mapped[str] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True, comment="empty: the whole kind")
    measure: Mapped[str] = mapped_column(primary_key=True, comment="services.usual_time.Measure")
    half_minutes: Mapped[int]
    most_minutes: Mapped[int] = mapped_column(comment="nine of ten took less")


class CannedAnswer(Base):
    """An answer ready to send; each change is a new version, and the latest is offered (C107)."""

    __tablename__ = "canned_answer"
    __table_args__ = (UniqueConstraint("answer_id", "version", name="uq__canned_answer__version"),)

    id: Mapped[Id]
    answer_id: Mapped[Any] = mapped_column(
        UUID(as_uuid=True), server_default=text("gen_random_uuid()"), comment="the same for its versions"
    )
    version: Mapped[int] = mapped_column(server_default="1")
    folder: Mapped[str]
    title: Mapped[str]
    body: Mapped[str] = mapped_column(comment="variables as {{name}}: services.canned_answer.VARIABLES")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), comment="null: the whole team's")
    written_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    written_at: Mapped[CreatedAt]
    retired: Mapped[bool] = mapped_column(server_default="false")
