"""What a part of a person's copy is: its rows, streamed; the columns left out, and those decrypted."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, inspect, select
from sqlalchemy.orm import Session

from member_space import models as m
from member_space.interfaces import ICipher
from member_space.services.age import is_adult
from member_space.services.household import Household, load_household
from member_space.services.tools import Tools

BATCH = 500
"""Rows in memory at a time."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose copy it is. ``persons``: himself, and the minors of the contracts that he holds."""

    account_id: int
    person_id: int
    persons: frozenset[int]
    household: Household
    email_index: bytes


def scope_of(db: Session, tools: Tools, account: m.Account) -> Scope:
    """One statement. The account must be a member's."""
    if account.person_id is None:
        raise LookupError("an office account has no data of a member")
    household = load_household(db, account.person_id, tools.today())
    persons = frozenset(minors_of(household) | {account.person_id})
    return Scope(account.id, account.person_id, persons, household, tools.cipher.blind_index(account.email))


def minors_of(household: Household) -> set[int]:
    """The minors of the contracts that the viewer holds: whoever holds none sees himself alone (domain.privacy)."""
    return {one.person_id for one in household.members if not is_adult(one.birth_date, household.today)}


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the copy. ``tables``: what it accounts for; ``hidden``, ``clear``: see `table`."""

    name: str
    label: str
    tables: tuple[str, ...]
    rows: Callable[[Session, ICipher, Scope], Iterator[Row]]
    hidden: frozenset[str] = frozenset()
    clear: frozenset[str] = frozenset()


def table(
    name: str,
    label: str,
    model: type[m.Base],
    of: Callable[[Scope], ColumnElement[bool]],
    hidden: str = "",
    clear: str = "",
) -> Part:
    """Every column of the rows that are the person's, but ``hidden``; ``clear`` ones are decrypted."""
    left_out, decrypted = frozenset(hidden.split()), frozenset(clear.split())
    table = model.__table__
    columns = [column for column in table.columns if column.name not in left_out]
    key = inspect(model).primary_key

    def rows(db: Session, cipher: ICipher, scope: Scope) -> Iterator[Row]:
        for row in stream(db, select(*columns).where(of(scope)).order_by(*key)):
            found = dict(row)
            for one in decrypted:
                token = found.pop(one)
                found[one.removesuffix("_encrypted")] = cipher.decrypt(token) if token is not None else None
            yield found

    return Part(name, label, (model.__tablename__,), rows, left_out, decrypted)


def stream(db: Session, query: Select[Any], values: dict[str, Any] | None = None) -> Iterator[Row]:
    for row in db.execute(query, values or {}, execution_options={"yield_per": BATCH}):
        yield dict(row._mapping)
