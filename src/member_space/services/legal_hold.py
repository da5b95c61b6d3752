"""A legal hold: put and lifted by a supervisor, it keeps what its time would have erased (C127).

A hold and an erasing of the same person exclude each other by a lock on his row: what a colleague was told is kept
is kept, at whatever instant he asked.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from member_space.domain.events import EventKind
from member_space.domain.legal_hold import HoldGround
from member_space.domain.request import State, read_number
from member_space.models import Account, Attachment, Contract, LegalHold, Person, Request
from member_space.services.events import record
from member_space.services.sessions import OfficeIdentity
from member_space.services.tools import Origin, Tools

MOST = 200


@dataclass(frozen=True, slots=True)
class Target:
    """What may be held: a request, or the whole file of a person where `request_id` is None."""

    person_id: int
    request_id: int | None = None
    contract_id: int | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """One in force. `number`: of its request; None: the whole file of a member of the household `member_number`."""

    public_id: UUID
    number: str | None
    member_number: str | None
    ground: HoldGround
    put_at: datetime
    who: str


def is_held(
    person_id: InstrumentedAttribute[int], request_id: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]
) -> ColumnElement[bool]:
    """Whether a row of a query, of this person and request, may not be erased."""
    return exists().where(about(person_id, request_id), LegalHold.lifted_at.is_(None))


def about(
    person_id: InstrumentedAttribute[int], request_id: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]
) -> ColumnElement[bool]:
    """Whether a hold, of today or of another day, is about this person and request."""
    whole_or_this = or_(LegalHold.request_id.is_(None), LegalHold.request_id == request_id)
    return (LegalHold.person_id == person_id) & whole_or_this


def lock_files(db: Session, person_ids: Collection[int]) -> None:
    """Until this transaction ends nobody puts a hold on these persons, nor erases anything of theirs."""
    query = select(Person.id).where(Person.id.in_(person_ids)).order_by(Person.id)
    db.execute(query.with_for_update(key_share=True))


def ids_under_lock(db: Session, *asked: tuple[Select[tuple[int, int]], InstrumentedAttribute[int]]) -> list[list[int]]:
    """What may be erased, of each of these: a query of (id, person_id) that leaves out what is held, and the key that
    it reads. Read under the lock of its persons, so that a hold put meanwhile is seen, and of its rows, so that what
    somebody just took up again is; and of them alone, so that nobody's else comes in their place.

    All at once: two of the night's works that each locked their persons kind by kind would wait for each other.
    """
    found = [db.execute(due).all() for due, _key in asked]
    lock_files(db, {person_id for rows in found for _id, person_id in rows})
    return [
        _still_due(db, due, key, [row_id for row_id, _id in rows])
        for (due, key), rows in zip(asked, found, strict=True)
    ]


def _still_due(
    db: Session, due: Select[tuple[int, int]], key: InstrumentedAttribute[int], found: Collection[int]
) -> list[int]:
    ids = db.scalars(select(key).where(key.in_(found)).order_by(key).with_for_update()).all()
    return list(db.scalars(due.where(due.selected_columns[0].in_(ids))))


def find_target(db: Session, asked: str, *, whole: bool) -> Target | None:
    """What a request's number names, or its author's whole file; an e-mail address of a member names a whole file."""
    if "@" in asked:
        mine = Account.email == asked.strip().lower()
        person_id = db.scalar(select(Account.person_id).where(mine, Account.person_id.is_not(None)))
        return Target(person_id) if person_id else None
    number = read_number(asked)
    row = db.scalar(select(Request).where(Request.number == number)) if number else None
    if row is None:
        return None
    return Target(row.author_person_id, None if whole else row.id, row.contract_id)


def put_hold(
    db: Session, tools: Tools, identity: OfficeIdentity, target: Target, ground: HoldGround, origin: Origin
) -> bool:
    """Whether it is now held by this; False where it was already, or where the request is there no more."""
    lock_files(db, [target.person_id])
    if target.request_id and db.scalar(select(Request.id).where(Request.id == target.request_id)) is None:
        return False
    put = db.scalar(
        insert(LegalHold)
        .values(
            person_id=target.person_id,
            request_id=target.request_id,
            ground=ground.value,
            put_at=tools.now(),
            put_by=identity.account_id,
        )
        .on_conflict_do_nothing()
        .returning(LegalHold.id)
    )
    if put is not None:
        _journal(db, EventKind.LEGAL_HOLD_PUT, identity, target, ground, origin)
    return put is not None


def lift_hold(db: Session, tools: Tools, identity: OfficeIdentity, hold: LegalHold, origin: Origin) -> None:
    """Its time runs again, for thirty days at least: they are told of. Silent when it was lifted already."""
    now = tools.now()
    lifted = update(LegalHold).where(LegalHold.id == hold.id, LegalHold.lifted_at.is_(None))
    values = {"lifted_at": now, "lifted_by": identity.account_id}
    if db.scalar(lifted.values(**values).returning(LegalHold.id)) is None:
        return
    if hold.request_id is None:
        # Thirty days in the bin begin anew, so that the day told there is true; and drafts are told of again.
        binned = update(Attachment).where(Attachment.author_person_id == hold.person_id)
        db.execute(binned.where(Attachment.removed_at.is_not(None)).values(removed_at=now))
        drafts = update(Request).where(Request.author_person_id == hold.person_id, Request.state == State.DRAFT.value)
        db.execute(drafts.values(nudged_at=None))
    target = Target(hold.person_id, hold.request_id)
    _journal(db, EventKind.LEGAL_HOLD_LIFTED, identity, target, HoldGround(hold.ground), origin)


def find_hold(db: Session, public_id: UUID) -> LegalHold | None:
    return db.scalar(select(LegalHold).where(LegalHold.public_id == public_id))


def holds_in_force(db: Session) -> list[Hold]:
    """The latest first, without any name of a member: one statement."""
    holder = aliased(Contract)
    member_number = (
        select(holder.member_number)
        .where(holder.holder_id == LegalHold.person_id)
        .order_by(holder.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(LegalHold, Request.number, member_number, Account.office_name)
        .outerjoin(Request, Request.id == LegalHold.request_id)
        .join(Account, Account.id == LegalHold.put_by)
        .where(LegalHold.lifted_at.is_(None))
        .order_by(LegalHold.id.desc())
        .limit(MOST)
    )
    return [
        Hold(row.public_id, number, member, HoldGround(row.ground), row.put_at, who or "")
        for row, number, member, who in db.execute(query)
    ]


def _journal(
    db: Session, kind: EventKind, identity: OfficeIdentity, target: Target, ground: HoldGround, origin: Origin
) -> None:
    record(
        db,
        kind,
        actor_account_id=identity.account_id,
        subject_person_id=target.person_id,
        contract_id=target.contract_id,
        origin=origin,
        details={"ground": ground.value, "whole": target.request_id is None},
    )
