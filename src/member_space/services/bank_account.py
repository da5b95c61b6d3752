"""Where one's reimbursements are paid: asked for, cooled for 48 hours, then in use, unless somebody says no (C154)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Exists, exists, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from member_space.domain.data_change import COOLING, DataKind
from member_space.domain.events import EventKind
from member_space.domain.holder_name import Named, names_somebody
from member_space.models import Account, BankAccount, Challenge, Contract, Coverage, DataChange, Person
from member_space.services.account_lock import lock_account
from member_space.services.age import is_adult
from member_space.services.challenge import Purpose
from member_space.services.data_change import TooSoon, check_free, keep, old_channels, warn
from member_space.services.events import record
from member_space.services.household import Household
from member_space.services.iban import Iban, shown_iban
from member_space.services.sessions import Identity
from member_space.services.tools import Origin, Tools

WAITING, IN_USE, REPLACED, CANCELLED = "waiting", "in_use", "replaced", "cancelled"


class HolderRefused(Exception):  # noqa: N818 - named after the event
    """The account is in nobody's name of the contract."""


class AnotherWaits(Exception):  # noqa: N818 - named after the event
    """An account was already asked for: it is cancelled first."""


class AlreadyInUse(Exception):  # noqa: N818 - named after the event
    """It is where reimbursements are paid already."""


class PaymentsFrozen(Exception):  # noqa: N818 - named after the event
    """Somebody said « ce n'est pas moi »: nothing of the bank account changes before a colleague spoke to him."""


class TooLateToCancel(Exception):  # noqa: N818 - named after the event
    """It does not wait: it is in use, was cancelled already, or is nobody's."""


@dataclass(frozen=True, slots=True)
class ShownAccount:
    """A bank account as its owner sees it; the number masked."""

    public_id: UUID
    number: str
    bank_name: str | None
    holder_name: str
    state: str
    asked_at: datetime
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class BankAccounts:
    """`former`: replaced or cancelled, the latest first. `frozen`: payments wait for a word with the member.
    `free_at`: when another may be asked for, None when now."""

    in_use: ShownAccount | None
    waiting: ShownAccount | None
    former: tuple[ShownAccount, ...]
    frozen: bool
    free_at: datetime | None


def bank_accounts_of(db: Session, tools: Tools, identity: Identity) -> BankAccounts:
    """One's own only, whoever else is on the contract."""
    rows = db.scalars(
        select(BankAccount).where(BankAccount.person_id == identity.person_id).order_by(BankAccount.id.desc())
    )
    shown = [_shown(tools, row) for row in rows]
    try:
        _check_free(db, tools, identity.account_id)
        free_at = None
    except TooSoon as refusal:
        free_at = refusal.until
    return BankAccounts(
        in_use=next((one for one in shown if one.state == IN_USE), None),
        waiting=next((one for one in shown if one.state == WAITING), None),
        former=tuple(one for one in shown if one.state in (REPLACED, CANCELLED)),
        frozen=bool(db.scalar(select(are_frozen(identity.person_id)))),
        free_at=free_at,
    )


def are_frozen(person_id: int | InstrumentedAttribute[int]) -> Exists:
    """Whether the payments of this person wait for a colleague, by any account of his: one that was closed meanwhile,
    and another opened, thaws nothing.
    """
    any_account = aliased(Account)
    return exists().where(any_account.person_id == person_id, any_account.payments_frozen_at.is_not(None))


def may_have_one(db: Session, identity: Identity, household: Household) -> bool:
    """An adult: a child's care is paid to a parent."""
    birth = db.scalar(select(Person.birth_date).where(Person.id == identity.person_id))
    return birth is not None and is_adult(birth, household.today)


def ask_bank_account(
    db: Session,
    tools: Tools,
    identity: Identity,
    household: Household,
    iban: Iban,
    holder_name: str,
    origin: Origin,
) -> None:
    """Ask for another account, in use in 48 hours; told to the old channels. The same one again adds nothing.

    Raises HolderRefused, AnotherWaits, AlreadyInUse, PaymentsFrozen, TooSoon.
    """
    account = lock_account(db, identity.account_id)
    if db.scalar(select(are_frozen(identity.person_id))):
        raise PaymentsFrozen
    if not names_somebody(holder_name, _adults(db, identity, household)):
        raise HolderRefused
    index = tools.cipher.blind_index(f"iban:{iban.text}")
    present = {
        row.state: row
        for row in db.scalars(
            select(BankAccount).where(
                BankAccount.person_id == identity.person_id, BankAccount.state.in_((WAITING, IN_USE))
            )
        )
    }
    if WAITING in present:
        if present[WAITING].iban_index == index:
            return
        raise AnotherWaits
    if IN_USE in present and present[IN_USE].iban_index == index:
        raise AlreadyInUse
    _check_free(db, tools, account.id)
    now = tools.now()
    new = BankAccount(
        person_id=identity.person_id,
        iban=tools.cipher.encrypt(iban.text),
        iban_index=index,
        bank_name=iban.bank_name,
        holder_name=holder_name,
        state=WAITING,
        asked_at=now,
        effective_at=now + COOLING,
    )
    db.add(new)
    db.flush()
    before = {"bank_account_id": present[IN_USE].id} if IN_USE in present else None
    row = keep(db, tools, account, DataKind.IBAN, before, {"bank_account_id": new.id})
    person = db.get_one(Person, identity.person_id)
    warn(db, tools, account, row, old_channels(account, person, DataKind.IBAN))
    record(
        db,
        EventKind.BANK_ACCOUNT_ASKED,
        actor_account_id=account.id,
        subject_person_id=identity.person_id,
        origin=origin,
        details=_alerts(db, new, account, iban, household, now),
    )


def cancel_bank_account(db: Session, tools: Tools, identity: Identity, public_id: UUID, origin: Origin) -> None:
    """The member thinks again, before it is in use. Raises TooLateToCancel."""
    lock_account(db, identity.account_id)
    gone = db.scalar(
        update(BankAccount)
        .where(
            BankAccount.public_id == public_id,
            BankAccount.person_id == identity.person_id,
            BankAccount.state == WAITING,
        )
        .values(state=CANCELLED)
        .returning(BankAccount.id)
        .execution_options(synchronize_session=False)
    )
    if gone is None:
        raise TooLateToCancel
    # The link of its warning stays good: who asked for it may not be who cancels it.
    latest = (
        select(func.max(DataChange.id))
        .where(DataChange.account_id == identity.account_id, DataChange.kind == DataKind.IBAN.value)
        .scalar_subquery()
    )
    db.execute(
        update(DataChange)
        .where(DataChange.id == latest)
        .values(undone_at=tools.now())
        .execution_options(synchronize_session=False)
    )
    note_cancelled(db, identity.person_id, origin, actor=identity.account_id, by="member")


def _check_free(db: Session, tools: Tools, account_id: int) -> None:
    """Raise TooSoon within 48 hours of a change of e-mail or mobile, or of a way back in given by the office."""
    check_free(db, tools, account_id, DataKind.IBAN)
    recovered = db.scalar(
        select(func.max(Challenge.used_at)).where(
            Challenge.account_id == account_id,
            Challenge.purpose == Purpose.RECOVERY.value,
            Challenge.used_at > tools.now() - COOLING,
        )
    )
    if recovered:
        raise TooSoon(recovered + COOLING)


def _adults(db: Session, identity: Identity, household: Household) -> list[Named]:
    """The adults of the member's contracts of today, and the member."""
    covered = select(Coverage.person_id).where(
        Coverage.contract_id.in_(household.contract_ids), Coverage.period.contains(household.today)
    )
    holders = select(Contract.holder_id).where(Contract.id.in_(household.contract_ids))
    people = db.execute(
        select(Person.first_name, Person.last_name, Person.birth_name, Person.birth_date).where(
            Person.id.in_(covered) | Person.id.in_(holders) | (Person.id == identity.person_id)
        )
    )
    return [
        Named(one.first_name, tuple(name for name in (one.last_name, one.birth_name) if name))
        for one in people
        if is_adult(one.birth_date, household.today)
    ]


def _alerts(
    db: Session, new: BankAccount, account: Account, iban: Iban, household: Household, now: datetime
) -> dict[str, Any]:
    """What the office looks at (insurance.md 6.5): no number, no name."""
    relatives = select(Coverage.person_id).where(Coverage.contract_id.in_(household.contract_ids))
    strangers = db.scalar(
        select(func.count(func.distinct(BankAccount.person_id))).where(
            BankAccount.iban_index == new.iban_index,
            BankAccount.state.in_((WAITING, IN_USE)),
            BankAccount.person_id != new.person_id,
            BankAccount.person_id.not_in(relatives),
        )
    )
    changed = account.password_changed_at
    return {
        "country": iban.country,
        "shared_with": strangers,
        "after_new_password": changed is not None and now - changed < COOLING,
    }


def note_cancelled(db: Session, person_id: int | None, origin: Origin, *, actor: int | None, by: str) -> None:
    """In the journal; `by`: member, or link."""
    record(
        db,
        EventKind.BANK_ACCOUNT_CANCELLED,
        actor_account_id=actor,
        subject_person_id=person_id,
        origin=origin,
        details={"by": by},
    )


def _shown(tools: Tools, row: BankAccount) -> ShownAccount:
    return ShownAccount(
        public_id=row.public_id,
        number=shown_iban(tools.cipher.decrypt(row.iban)),
        bank_name=row.bank_name,
        holder_name=row.holder_name,
        state=row.state,
        asked_at=row.asked_at,
        effective_at=row.effective_at,
    )
