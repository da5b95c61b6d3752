"""What a change of an account holds until commit, in the one order that never blocks in a circle.

A counter of tries or sendings, then the account, then its requests (models.Challenge), its sessions and browsers, and
the journal last: the chain without a contract is one row, which everybody waits for.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.models import Account, Challenge

ROW = {"key_share": True}
"""A row that is changed but never named anew: what points at it, as an event of the journal does, does not wait."""


def lock_account(db: Session, account_id: int | None) -> Account:
    """The account as it stands, until commit: two changes of one account follow each other.

    Raises NoResultFound where there is none (the request of somebody unknown has no account).
    """
    return db.get_one(Account, account_id, with_for_update=ROW, populate_existing=True)


def lock_request(db: Session, request: Challenge) -> None:
    """The account of a request, then the request itself, as they stand; a request of nobody costs the same."""
    db.flush()  # a code drawn just now must not be forgotten by the reading under lock
    db.scalar(
        select(Account)
        .where(Account.id == (request.account_id or 0))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    db.refresh(request, with_for_update=True)
