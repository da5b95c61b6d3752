"""The journal as an auditor reads it: who did what, when, on whom, from which network; never a name of a member.

A member is the short form of a public id; a colleague is named. Constant statements, whatever the page and its filters.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, exists, select, tuple_
from sqlalchemy.orm import Session

from member_space.domain.cursor import Cursor
from member_space.domain.events import EventKind
from member_space.domain.opening_hours import PARIS
from member_space.models import Account, Event, Person
from member_space.services.events import record
from member_space.services.sessions import SignedIn
from member_space.services.throttling import network_of
from member_space.services.tools import Origin

PAGE = 50
SHORT = 8
"""Characters of a public id that an auditor reads: enough to follow somebody from line to line."""
ABOUT_ACCOUNT = ("account_id", "account")
"""The details that hold the account which a fact is about."""


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """``kind``: a kind of fact; ``day``: a day of Paris. None: all of them."""

    kind: EventKind | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class AccountSeen:
    """``colleague``: the name of a colleague, None for a member; ``short``: the short form of the account's id."""

    colleague: str | None
    short: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A row. ``actor``: None for who was not signed in (``network`` is known) and for a command or a job (it is not).

    ``person``: the short id of the member whom it is about; ``about``: the account, where that is not the actor's own.
    """

    cursor: Cursor
    at: datetime
    kind: str
    actor: AccountSeen | None
    person: str | None
    about: AccountSeen | None
    network: str | None
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FactPage:
    """The latest first; ``newer``, ``older``: where to go on from, None when there is nothing that way."""

    facts: list[Fact]
    newer: Cursor | None
    older: Cursor | None


def page_of_facts(
    db: Session, kept: JournalFilter, *, before: Cursor | None = None, after: Cursor | None = None
) -> FactPage:
    """The page older than ``before``, or newer than ``after``, or the first; three statements at most."""
    query = _query(kept)
    place = after or before
    at = db.scalar(select(Event.at).where(Event.id == place.id)) if place else None
    if at is None or place is None:
        # A place that is none leads to the first page.
        before = after = None
    elif after:
        query = query.where(tuple_(Event.at, Event.id) > (at, place.id))
    else:
        query = query.where(tuple_(Event.at, Event.id) < (at, place.id))
    order = (Event.at, Event.id) if after else (Event.at.desc(), Event.id.desc())
    found = db.execute(query.order_by(*order).limit(PAGE + 1)).all()
    more, rows = len(found) > PAGE, found[:PAGE]
    if after:
        rows = rows[::-1]
    facts = _facts(db, rows)
    newer, older = (more, True) if after else (before is not None, more)
    return FactPage(facts, facts[0].cursor if facts and newer else None, facts[-1].cursor if facts and older else None)


def note_journal_read(db: Session, identity: SignedIn, origin: Origin) -> None:
    """The journal was read: one fact a session, which the journal shows in its turn."""
    noted = exists().where(
        Event.kind == EventKind.JOURNAL_READ.value,
        Event.actor_account_id == identity.account_id,
        Event.details["session_id"].as_integer() == identity.session_id,
    )
    if not db.scalar(select(noted)):
        details = {"session_id": identity.session_id}
        record(db, EventKind.JOURNAL_READ, actor_account_id=identity.account_id, origin=origin, details=details)


def _query(kept: JournalFilter) -> Select[Any]:
    query = select(
        Event.id,
        Event.at,
        Event.kind,
        Event.actor_account_id,
        Event.ip,
        Event.details,
        Person.public_id.label("person"),
    ).outerjoin(Person, Person.id == Event.subject_person_id)
    if kept.kind:
        query = query.where(Event.kind == kept.kind.value)
    if kept.day:
        midnight = datetime.combine(kept.day, time(), PARIS)
        query = query.where(
            Event.at >= midnight, Event.at < datetime.combine(kept.day + timedelta(days=1), time(), PARIS)
        )
    return query


def _facts(db: Session, rows: Sequence[Row[Any]]) -> list[Fact]:
    about = [_account_in(row.details) for row in rows]
    accounts = _accounts(db, [*about, *(row.actor_account_id for row in rows)])
    return [
        Fact(
            Cursor(row.at.astimezone(PARIS).date(), row.id),
            row.at,
            row.kind,
            accounts.get(row.actor_account_id),
            _short(row.person) if row.person else None,
            accounts.get(one) if one != row.actor_account_id else None,
            network_of(str(row.ip)) if row.ip else None,
            row.details,
        )
        for row, one in zip(rows, about, strict=True)
    ]


def _account_in(details: dict[str, Any]) -> int | None:
    return next((details[name] for name in ABOUT_ACCOUNT if isinstance(details.get(name), int)), None)


def _accounts(db: Session, ids: Iterable[int | None]) -> dict[int | None, AccountSeen]:
    query = select(Account.id, Account.office_name, Account.public_id).where(
        Account.id.in_({one for one in ids if one})
    )
    return {row.id: AccountSeen(row.office_name, _short(row.public_id)) for row in db.execute(query)}


def _short(public_id: UUID) -> str:
    return str(public_id)[:SHORT]
