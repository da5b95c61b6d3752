"""What is new, asked every few seconds by open pages: one indexed statement, no state kept anywhere (C104, R25).

A number is not drawn in the order of commits: the highest one alone would miss what was written before and seen after.
So the latest fifty are compared, and several processes answer the same.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, exists, literal, select, text, union_all
from sqlalchemy.orm import Session

from member_space.domain.request import Act
from member_space.models import Message, Request, RequestTransition
from member_space.models.request import NEWS_OF_OFFICE, OPEN
from member_space.services.office_request import Kept
from member_space.services.request_queue import in_queues
from member_space.services.tools import Tools

LATEST = 50
_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class News:
    """``tokens``: « s12 », a request that came; « u12-… », something new in one; « g12 », one given to who asks.
    ``tag``: one for the same ones."""

    tokens: list[str]

    @property
    def tag(self) -> str:
        return hashlib.sha256(" ".join(self.tokens).encode()).hexdigest()[:20]


def news_of_office(db: Session, tools: Tools, kept: Kept, me: int) -> News:
    """What members sent last, what came back by its time, what this colleague was given; of a list's kind and queue."""
    latest = union_all(
        _latest(RequestTransition, RequestTransition.act, "t", NEWS_OF_OFFICE),
        _latest(Message, literal("said"), "m", "side = 'member'"),
        _given(me),
    ).subquery()
    query = select(latest.c.kind, latest.c.id, latest.c.request_id, latest.c.act)
    if kept.kind is not None or kept.queue is not None:
        query = query.join(Request, Request.id == latest.c.request_id)
    if kept.kind is not None:
        query = query.where(Request.kind == kept.kind.value)
    if kept.queue is not None:
        query = query.where(in_queues(tools, [kept.queue]))
    rows = db.execute(query.order_by(latest.c.kind, latest.c.id.desc())).all()
    return News([_token(row.kind, row.id, row.request_id, row.act) for row in rows])


def news_of_member(db: Session, author_person_id: int) -> News:
    """The state of his latest requests: what he sees of one dates it anew, what is between colleagues does not."""
    query = (
        select(Request.public_id, Request.activity_at)
        .where(Request.author_person_id == author_person_id, text("request.state <> 'draft'"))
        .order_by(Request.activity_at.desc(), Request.id.desc())
        .limit(LATEST)
    )
    return News([token_of(public_id, activity_at) for public_id, activity_at in db.execute(query)])


def marked(public_id: UUID) -> str:
    """How the tokens of one request of a member begin."""
    return f"u{public_id.hex[:8]}-"


def token_of(public_id: UUID, activity_at: datetime) -> str:
    """The token of a request of a member, as it is since then."""
    return f"{marked(public_id)}{(activity_at - _BEGINNING) // timedelta(microseconds=1)}"


def _latest(table: type[RequestTransition] | type[Message], act: object, kind: str, news: str) -> Select:
    """The last rows that are news; the condition written out, as the partial index has it."""
    return (
        select(literal(kind).label("kind"), table.id, table.request_id, act.label("act"))  # type: ignore[attr-defined]
        .where(text(news))
        .order_by(table.id.desc())
        .limit(LATEST)
    )


def _given(me: int) -> Select:
    """What was given to him, and nothing happened to since; written as the index of what each has is."""
    given = exists().where(
        RequestTransition.request_id == Request.id,
        RequestTransition.version == Request.version,
        RequestTransition.act == Act.ASSIGN.value,
    )
    return (
        select(literal("g"), Request.id, Request.id, literal(""))
        .where(Request.handler_id == me, text(f"request.{OPEN} and request.state = 'to_do'"), given)
        .order_by(Request.due_at, Request.id)
        .limit(LATEST)
    )


def _token(kind: str, number: int, request_id: int, act: str) -> str:
    if kind == "g":
        return f"g{request_id}"
    return f"s{request_id}" if act == Act.SEND else f"u{request_id}-{kind}{number}"


def joined(tokens: Sequence[str]) -> str:
    """As a page carries what it already shows."""
    return " ".join(tokens)
