"""Everything that a member sent, the latest activity first: messages, claims, quotes, changes, complaints (C94)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, any_, bindparam, or_, select, tuple_
from sqlalchemy.orm import Session

from member_space.domain.cursor import InstantCursor
from member_space.domain.request import OPEN, RequestKind, State
from member_space.models import Person, Request
from member_space.models.base import IDS
from member_space.services.request_search import found_by, words_of
from member_space.services.unread import unread_in_request

PAGE = 20


@dataclass(frozen=True, slots=True)
class SentFilter:
    """What the list keeps; None or empty keeps all. ``open``: those that somebody still has to work on.

    ``about``: those about one of these persons, or about nobody.
    """

    kind: RequestKind | None = None
    open: bool | None = None
    words: str = ""
    about: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class SentRequest:
    """One row, without any message. ``unread``: messages of the office that its member has not read."""

    id: int
    public_id: UUID
    kind: RequestKind
    topic: str | None
    number: str
    state: State
    outcome: str | None
    sent_at: datetime
    activity_at: datetime
    person_id: int | None
    person: str | None
    unread: int

    @property
    def cursor(self) -> InstantCursor:
        """Its place in the list."""
        return InstantCursor(self.activity_at, self.id)


@dataclass(frozen=True, slots=True)
class SentPage:
    """One page, and where to go on from."""

    requests: list[SentRequest]
    newer: InstantCursor | None = None
    older: InstantCursor | None = None


# Built once: building them costs more than running them.
_VIEWER = bindparam("viewer", type_=BigInteger)
_PLACE = (Request.activity_at, Request.id)
_OWN = [name for name in SentRequest.__dataclass_fields__ if name not in ("person", "unread")]
_SENT = (
    select(
        *(getattr(Request, name) for name in _OWN),
        Person.first_name.label("person"),
        unread_in_request(_VIEWER).label("unread"),
    )
    .outerjoin(Person, Person.id == Request.person_id)
    .where(Request.author_person_id == _VIEWER, Request.state != State.DRAFT.value)
    .order_by(*(column.desc() for column in _PLACE))
    .limit(PAGE + 1)
)
_SENT_ABOUT = _SENT.where(or_(Request.person_id.is_(None), Request.person_id == any_(bindparam("about", type_=IDS))))


def page_of_sent(
    db: Session,
    person_id: int,
    kept: SentFilter,
    *,
    before: InstantCursor | None = None,
    after: InstantCursor | None = None,
) -> SentPage:
    """The page older than ``before``, or newer than ``after``, or the first; one statement whatever the history."""
    query = _SENT if kept.about is None else _SENT_ABOUT
    conditions = list(found_by(words_of(kept.words)))
    if kept.kind is not None:
        conditions.append(Request.kind == kept.kind.value)
    if kept.open is not None:
        is_open = Request.state.in_([one.value for one in OPEN])
        conditions.append(is_open if kept.open else ~is_open)
    if after is not None:
        conditions.append(tuple_(*_PLACE) > (after.at, after.id))
        query = query.order_by(None).order_by(*_PLACE)
    elif before is not None:
        conditions.append(tuple_(*_PLACE) < (before.at, before.id))
    if conditions:
        query = query.where(*conditions)
    values = {"viewer": person_id} | ({} if kept.about is None else {"about": list(kept.about)})
    rows = list(db.execute(query, values))
    more, rows = len(rows) > PAGE, rows[:PAGE]
    found = [_row(dict(row._mapping)) for row in (reversed(rows) if after is not None else rows)]
    newer, older = (more, True) if after is not None else (before is not None, more)
    return SentPage(found, found[0].cursor if found and newer else None, found[-1].cursor if found and older else None)


def _row(values: dict[str, object]) -> SentRequest:
    kinds = {"kind": RequestKind(str(values["kind"])), "state": State(str(values["state"]))}
    return SentRequest(**{**values, **kinds})  # type: ignore[arg-type]  # the columns are the fields
