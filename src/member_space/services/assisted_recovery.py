"""A way back in that the office gives (C9, R15): one colleague verifies and asks, another agrees, then a code of ten
minutes is shown once, to the one who asked, to be dictated. The second factor stays on: the code stands for it once.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select, update
from sqlalchemy.orm import Session, aliased

from member_space.domain.assisted_recovery import SCRIPTS, Check, Gap, Wish, gap
from member_space.domain.events import EventKind
from member_space.domain.notices import Channel, NoticeKind
from member_space.models import Account, AssistedRecovery, Challenge, Person
from member_space.services import challenge as challenges
from member_space.services import events
from member_space.services.account_lock import lock_account
from member_space.services.challenge import Purpose
from member_space.services.contact_points import can_get_sms
from member_space.services.notification import notify
from member_space.services.office_member import OfficeMember
from member_space.services.readings import Shown
from member_space.services.sessions import OfficeIdentity
from member_space.services.tools import Origin, Tools

KNOWN_AFTER = timedelta(days=2)
"""Who opens accounts of colleagues cannot make the second pair of eyes himself, unseen: it waits so long."""
WAITS = timedelta(hours=24)
"""For a colleague to agree; then it is asked anew."""
TO_DICTATE = timedelta(hours=1)
"""From the agreement to the showing of the code, which then lives ten minutes."""
MOST = 50


class Why(StrEnum):
    """Why a step of a recovery cannot be taken."""

    CHECKS = "checks"
    WAITING = "waiting"
    CLOSED = "closed"
    OWN = "own"
    TOO_NEW = "too_new"
    DECIDED = "decided"
    LATE = "late"
    SHOWN = "shown"
    NOT_YOURS = "not_yours"


class State(StrEnum):
    """Where a request stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    """The code may be shown."""
    SHOWN = "shown"
    REFUSED = "refused"
    LATE = "late"


class RecoveryRefused(Exception):  # noqa: N818 - named after the event
    """It cannot be done so; `missing`: what the checks lack."""

    def __init__(self, why: Why, missing: Gap | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Recovery:
    """A request as colleagues see it."""

    id: int
    public_id: UUID
    member: str
    person_id: int
    asked_by: int
    asker: str
    asked_at: datetime
    wish: Wish
    checks: tuple[Check, ...]
    decider: str | None
    decided_at: datetime | None
    refused: bool
    shown: bool

    def state(self, now: datetime) -> State:
        if self.refused:
            return State.REFUSED
        if self.shown:
            return State.SHOWN
        since, limit = (self.decided_at, TO_DICTATE) if self.decided_at else (self.asked_at, WAITS)
        if now >= since + limit:
            return State.LATE
        return State.APPROVED if self.decided_at else State.WAITING


def ask_recovery(
    db: Session,
    tools: Tools,
    identity: OfficeIdentity,
    member: OfficeMember,
    wish: Wish,
    checks: Collection[Check],
    origin: Origin,
) -> UUID:
    """Ask for a way back in for this member; its public id.

    Raises RecoveryRefused: `checks` with what is missing, `waiting` when one is asked already, `closed`.
    """
    missing = gap(SCRIPTS[wish], checks)
    if missing:
        raise RecoveryRefused(Why.CHECKS, missing)
    account = lock_account(db, member.account_id)
    if account.closed_at:
        raise RecoveryRefused(Why.CLOSED)
    now = tools.now()
    other = db.scalar(
        select(AssistedRecovery.id).where(
            AssistedRecovery.account_id == account.id,
            AssistedRecovery.decided_at.is_(None),
            AssistedRecovery.asked_at > now - WAITS,
        )
    )
    if other:
        raise RecoveryRefused(Why.WAITING)
    row = AssistedRecovery(
        account_id=account.id,
        asked_by=identity.account_id,
        asked_at=now,
        checks={"done": sorted(check.value for check in checks)},
        wish=wish.value,
    )
    db.add(row)
    db.flush()
    _note(db, EventKind.RECOVERY_ASKED, identity, row, member.person_id, origin)
    return row.public_id


def decide(db: Session, tools: Tools, identity: OfficeIdentity, found: Recovery, agreed: bool, origin: Origin) -> None:
    """Agree or refuse, once, by another colleague than the one who asked.

    The member is told at once, by mail and by SMS, where he was known before. Raises RecoveryRefused: own, too_new,
    decided, late.
    """
    row = _locked(db, found)
    if row.asked_by == identity.account_id:
        raise RecoveryRefused(Why.OWN)
    if tools.now() < db.get_one(Account, identity.account_id).created_at + KNOWN_AFTER:
        raise RecoveryRefused(Why.TOO_NEW)
    if row.decided_at:
        raise RecoveryRefused(Why.DECIDED)
    now = tools.now()
    if now >= row.asked_at + WAITS:
        raise RecoveryRefused(Why.LATE)
    row.approved_by, row.decided_at, row.refused = identity.account_id, now, not agreed
    db.flush()
    kind = EventKind.RECOVERY_APPROVED if agreed else EventKind.RECOVERY_REFUSED
    _note(db, kind, identity, row, found.person_id, origin)
    if agreed:
        _tell(db, tools, db.get_one(Account, row.account_id))


def show_code(db: Session, tools: Tools, identity: OfficeIdentity, found: Recovery) -> str:
    """The code to dictate, drawn now and never shown again. Raises RecoveryRefused: not_yours, late, shown."""
    row = _locked(db, found)
    if row.asked_by != identity.account_id:
        raise RecoveryRefused(Why.NOT_YOURS)
    if row.challenge_id:
        raise RecoveryRefused(Why.SHOWN)
    if row.decided_at is None or row.refused or tools.now() >= row.decided_at + TO_DICTATE:
        raise RecoveryRefused(Why.LATE)
    account = lock_account(db, row.account_id)
    # One code at a time: an older one is worth nothing from now on.
    db.execute(
        update(Challenge)
        .where(
            Challenge.account_id == account.id,
            Challenge.purpose == Purpose.RECOVERY.value,
            Challenge.used_at.is_(None),
        )
        .values(used_at=tools.now())
        .execution_options(synchronize_session=False)
    )
    challenge, code = challenges.open_with_code(
        db, tools, Purpose.RECOVERY, account_id=account.id, person_id=account.person_id, details={"wish": row.wish}
    )
    row.challenge_id = challenge.id
    db.flush()
    return code


def find_recovery(db: Session, public_id: UUID, shown: Shown) -> Recovery | None:
    """The request of this id, which names its member."""
    return next(iter(_found(db, _recoveries().where(AssistedRecovery.public_id == public_id), shown)), None)


def recoveries_to_decide(db: Session, tools: Tools, shown: Shown) -> list[Recovery]:
    """Those that wait for a colleague, the oldest first."""
    query = _recoveries().where(*_waiting(tools))
    return _found(db, query.order_by(AssistedRecovery.id).limit(MOST), shown)


def recoveries_of(db: Session, tools: Tools, identity: OfficeIdentity, shown: Shown) -> list[Recovery]:
    """Those that this colleague asked in the last day, the latest first."""
    query = _recoveries().where(*_own(tools, identity))
    return _found(db, query.order_by(AssistedRecovery.id.desc()).limit(MOST), shown)


def count_recoveries(db: Session, tools: Tools, identity: OfficeIdentity) -> tuple[int, int]:
    """How many of others wait for this colleague, and how many he asked: numbers name nobody."""
    of_others = select(func.count()).where(*_waiting(tools), AssistedRecovery.asked_by != identity.account_id)
    own = select(func.count()).where(*_own(tools, identity))
    waiting, mine = db.execute(select(of_others.scalar_subquery(), own.scalar_subquery())).one()
    return waiting, mine


def _waiting(tools: Tools) -> tuple[ColumnElement[bool], ...]:
    return AssistedRecovery.decided_at.is_(None), AssistedRecovery.asked_at > tools.now() - WAITS


def _own(tools: Tools, identity: OfficeIdentity) -> tuple[ColumnElement[bool], ...]:
    return AssistedRecovery.asked_by == identity.account_id, AssistedRecovery.asked_at > tools.now() - WAITS


def _found(db: Session, query: Select, shown: Shown) -> list[Recovery]:
    found = [_recovery(row) for row in db.execute(query)]
    shown.note(one.person_id for one in found)
    return found


def _recoveries() -> Select:
    asker, decider, owner = aliased(Account), aliased(Account), aliased(Account)
    return (
        select(
            AssistedRecovery,
            Person.first_name,
            Person.last_name,
            Person.id.label("person_id"),
            asker.office_name.label("asker"),
            decider.office_name.label("decider"),
        )
        .join(owner, owner.id == AssistedRecovery.account_id)
        .join(Person, Person.id == owner.person_id)
        .join(asker, asker.id == AssistedRecovery.asked_by)
        .outerjoin(decider, decider.id == AssistedRecovery.approved_by)
    )


def _recovery(row: Row) -> Recovery:
    asked = row.AssistedRecovery
    return Recovery(
        id=asked.id,
        public_id=asked.public_id,
        member=f"{row.first_name} {row.last_name}",
        person_id=row.person_id,
        asked_by=asked.asked_by,
        asker=row.asker,
        asked_at=asked.asked_at,
        wish=Wish(asked.wish),
        checks=tuple(check for check in Check if check.value in asked.checks["done"]),
        decider=row.decider,
        decided_at=asked.decided_at,
        refused=asked.refused,
        shown=asked.challenge_id is not None,
    )


def _locked(db: Session, found: Recovery) -> AssistedRecovery:
    return db.get_one(AssistedRecovery, found.id, with_for_update=True, populate_existing=True)


def _tell(db: Session, tools: Tools, account: Account) -> None:
    """At the address and the number known before: whoever they belong to may object."""
    notify(db, tools, NoticeKind.RECOVERY_GRANTED, Channel.EMAIL, account_id=account.id, to=account.email)
    known = account.mobile or db.scalar(select(Person.mobile).where(Person.id == account.person_id))
    if known and can_get_sms(known):
        notify(db, tools, NoticeKind.RECOVERY_GRANTED, Channel.SMS, account_id=account.id, to=known)


def _note(
    db: Session,
    kind: EventKind,
    identity: OfficeIdentity,
    row: AssistedRecovery,
    person_id: int,
    origin: Origin,
) -> None:
    events.record(
        db,
        kind,
        actor_account_id=identity.account_id,
        subject_person_id=person_id,
        origin=origin,
        details={"recovery_id": row.id, "wish": row.wish},
    )
