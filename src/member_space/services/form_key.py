"""The key of a form, drawn with its page: what it sent already is not sent twice (R14)."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

Written = TypeVar("Written")


def write_with(db: Session, key: UUID | None, write: Callable[[UUID | None], Written]) -> Written:
    """What `write` adds under this key; without a key where another member's row has it: a key is known to its author
    alone, and a page that somebody made up still sends what it says.

    The author's own row of this key was looked for before, under a lock.
    """
    try:
        with db.begin_nested():
            return write(key)
    except IntegrityError:
        if key is None:
            raise
        db.expire_all()  # what was read again inside is undone, and the session does not know
    return write(None)
