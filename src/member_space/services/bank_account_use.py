"""What becomes of a bank account once it was asked for: in use, or disowned; payments frozen, and resumed (C154)."""

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.models import Account, BankAccount, Person
from member_space.services.bank_account import CANCELLED, IN_USE, REPLACED, WAITING, are_frozen, note_cancelled
from member_space.services.events import record
from member_space.services.tools import Origin, Tools

log = structlog.get_logger(__name__)


def disown_bank_account(db: Session, account: Account, asked: int, former: int | None, origin: Origin) -> None:
    """« Ce n'est pas moi »: the one asked for is cancelled, in use or not.

    The account is locked; `asked` and `former` are ids of its bank accounts.
    """
    cancelled = db.scalar(
        update(BankAccount)
        .where(BankAccount.id == asked, BankAccount.state.in_((WAITING, IN_USE)))
        .values(state=CANCELLED)
        .returning(BankAccount.id)
        .execution_options(synchronize_session=False)
    )
    if cancelled:
        note_cancelled(db, account.person_id, origin, actor=None, by="link")
    if former:
        in_use = select(BankAccount.id).where(BankAccount.person_id == account.person_id, BankAccount.state == IN_USE)
        db.execute(
            update(BankAccount)
            .where(BankAccount.id == former, BankAccount.state == REPLACED, ~in_use.exists())
            .values(state=IN_USE)
            .execution_options(synchronize_session=False)
        )


def release_payments(db: Session, person_ref: str) -> bool:
    """The office spoke with the member: payments go on, to the account in use. Whether they were frozen."""
    person_id = db.scalar(
        update(Account)
        .where(
            Account.person_id == select(Person.id).where(Person.external_ref == person_ref).scalar_subquery(),
            Account.payments_frozen_at.is_not(None),
        )
        .values(payments_frozen_at=None)
        .returning(Account.person_id)
        .execution_options(synchronize_session=False)
    )
    if person_id is None:
        return False
    record(db, EventKind.PAYMENTS_RELEASED, subject_person_id=person_id)
    return True


def put_in_use(db: Session, tools: Tools) -> None:
    """Use the accounts whose 48 hours are over, unless payments are frozen.

    Whoever is changing something of an account at this instant goes first: the next run looks at it again.
    """
    now = tools.now()
    due = db.execute(
        select(BankAccount.id, BankAccount.person_id)
        .join(Account, (Account.person_id == BankAccount.person_id) & Account.closed_at.is_(None))
        .where(BankAccount.state == WAITING, BankAccount.effective_at <= now, ~are_frozen(BankAccount.person_id))
        .order_by(BankAccount.id)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()
    for one in due:
        for state, after, which in (
            (IN_USE, REPLACED, BankAccount.person_id == one.person_id),
            (WAITING, IN_USE, BankAccount.id == one.id),
        ):
            db.execute(
                update(BankAccount)
                .where(which, BankAccount.state == state)
                .values(state=after)
                .execution_options(synchronize_session=False)
            )
        record(db, EventKind.BANK_ACCOUNT_IN_USE, subject_person_id=one.person_id)
    if due:
        log.info("bank accounts put in use", rows=len(due))
