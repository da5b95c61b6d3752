"""« Ce n'est pas moi », from the message that warned of a change: within seven days it is taken back (C16)."""

import json
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.data_change import KEYS, DataKind, taken_back_with
from member_space.domain.events import EventKind
from member_space.models import Account, Challenge, DataChange, Person
from member_space.services.account_lock import ROW, lock_account
from member_space.services.bank_account_use import disown_bank_account
from member_space.services.challenge import CodeSpent, Purpose, answer, challenge_of_id, use
from member_space.services.data_change import Values, put
from member_space.services.events import record
from member_space.services.shut_out import freeze_payments, shut_everybody_out
from member_space.services.tools import Origin, Tools


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back. `email_lost`: the former address is another account's by now, the present one stays.
    `frozen`: payments wait for a talk with a colleague (C12)."""

    account_id: int
    email_lost: bool
    frozen: bool


def warning_of(db: Session, tools: Tools, public_id: UUID) -> Literal["open", "done", "over"]:
    """Whether the link of a warning still serves, did, or does not: too old, tried too often, nobody's."""
    row = db.scalar(
        select(Challenge).where(Challenge.public_id == public_id, Challenge.purpose == Purpose.UNDO_CHANGE.value)
    )
    if row is None or (row.used_at is None and (row.expires_at <= tools.now() or row.tries >= row.max_tries)):
        return "over"
    return "done" if row.used_at else "open"


def undo_change(db: Session, tools: Tools, public_id: UUID, code: str, origin: Origin) -> Undone:
    """Put back what a change replaced, sign everybody out, ask for a new password; a key freezes the payments too.

    The older link wins (domain.data_change.taken_back_with): what was changed after it, with it, is taken back too,
    and the links of those later changes are worth nothing any more; a later link never closes an older one.

    Raises CodeRefused, or CodeSpent, for a request that does not exist too (answer, do not let them escape).
    """
    request = challenge_of_id(db, tools, Purpose.UNDO_CHANGE, public_id)
    if request is None or request.account_id is None:
        raise CodeSpent
    account = lock_account(db, request.account_id)
    answer(db, tools, request, code, origin)
    use(db, tools, request)
    changes = _changes(db, account, request)
    person = db.get_one(Person, account.person_id, with_for_update=ROW)
    email_lost = False
    for change in reversed(changes):
        kind = DataKind(change.kind)
        if kind is DataKind.IBAN:
            asked, former = _bank_accounts(tools, change)
            disown_bank_account(db, account, asked, former, origin)
        change.undone_at = change.undone_at or tools.now()
    for kind, before in _oldest(tools, changes).items():
        if kind is DataKind.EMAIL and _is_taken(db, account, before["account"]["email"]):
            email_lost = True
            continue
        put(account, person, kind, before)
        record(
            db,
            EventKind.PERSONAL_DATA_RESTORED,
            subject_person_id=person.id,
            origin=origin,
            details={"what": kind.value},
        )
    _close_links(db, tools, changes)
    if not _still_edited(db, account):
        person.contacts_edited_at = None
    shut_everybody_out(db, tools, account)
    kinds = frozenset(DataKind(change.kind) for change in changes)
    # Whoever held the mailbox or the telephone could have money sent elsewhere.
    frozen = bool(kinds & KEYS)
    if frozen:
        freeze_payments(db, tools, account, origin)
    return Undone(account.id, email_lost, frozen)


def _changes(db: Session, account: Account, request: Challenge) -> list[DataChange]:
    """The change of this request and what goes with it, in the order they were made."""
    first = db.scalars(select(DataChange).where(DataChange.undo_challenge_id == request.id)).one()
    later = db.scalars(
        select(DataChange)
        .where(DataChange.account_id == account.id, DataChange.id > first.id, DataChange.undone_at.is_(None))
        .order_by(DataChange.id)
    )
    return [first, *(one for one in later if taken_back_with(DataKind(first.kind), DataKind(one.kind)))]


def _oldest(tools: Tools, changes: list[DataChange]) -> dict[DataKind, dict[str, Values]]:
    """What each contact was before the first of these changes of it."""
    found: dict[DataKind, dict[str, Values]] = {}
    for change in changes:
        kind = DataKind(change.kind)
        if kind is not DataKind.IBAN and kind not in found and change.before:
            found[kind] = json.loads(tools.cipher.decrypt(change.before))
    return found


def _bank_accounts(tools: Tools, change: DataChange) -> tuple[int, int | None]:
    """The ids of the account asked for and of the one it was to replace."""
    before = json.loads(tools.cipher.decrypt(change.before))["bank_account_id"] if change.before else None
    return json.loads(tools.cipher.decrypt(change.after))["bank_account_id"], before


def _is_taken(db: Session, account: Account, email: str | None) -> bool:
    return db.scalar(select(Account.id).where(Account.email == email, Account.id != account.id)) is not None


def _close_links(db: Session, tools: Tools, changes: list[DataChange]) -> None:
    ids = [change.undo_challenge_id for change in changes]
    for request in db.scalars(select(Challenge).where(Challenge.id.in_(ids), Challenge.used_at.is_(None))):
        request.used_at = tools.now()
    db.flush()


def _still_edited(db: Session, account: Account) -> bool:
    """Whether a contact that the member gave still holds: else the office's own are listened to again."""
    return (
        db.scalar(
            select(DataChange.id)
            .where(
                DataChange.account_id == account.id,
                DataChange.kind != DataKind.IBAN.value,
                DataChange.undone_at.is_(None),
            )
            .limit(1)
        )
        is not None
    )
