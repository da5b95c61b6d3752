"""Drafts: what somebody typed and did not send, kept until he comes back to the same form (C17, R13).

A form that wants it carries a sealed token which names the account, the page and the fields: with it alone a text is
kept, even when the session ended meanwhile. Nobody can make one, so nobody writes in somebody else's drafts.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from member_space.models import Account, Draft
from member_space.services.tools import Tools

TOKEN_LIFE = timedelta(days=1)
"""A form left open overnight still keeps its text; a page saved long ago writes nothing."""
LONGEST = 20_000
"""Characters of all the fields together."""
PATH_MAX = 1000
_NEVER = re.compile(r"(^|_)(password|passe|secret|token|iban|bic|nir|otp|csrf)(_|$)|^code(_recu)?$")
"""Names of fields that are never kept, whatever the form asks."""
_PURPOSE = "draft"


@dataclass(frozen=True, slots=True)
class DraftForm:
    """The form of a page, for one account. `names`: the fields that may be kept."""

    account_id: int
    path: str
    names: tuple[str, ...]

    @property
    def key(self) -> str:
        """Its place in the index, of which PostgreSQL takes 2,704 bytes at most: a long question of an application is
        known by its hash."""
        return self.path if len(self.path) <= PATH_MAX else f"sha256:{sha256(self.path.encode()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Kept:
    """What was found again. `at`: the field where it stopped."""

    values: Mapping[str, str] = field(default_factory=dict)
    at: str | None = None


def form_of(account_id: int, path: str, names: tuple[str, ...]) -> DraftForm:
    """The form with these fields; raises ValueError for one that no draft may hold."""
    forbidden = [name for name in names if _NEVER.search(name)]
    if forbidden:
        raise ValueError(f"never kept in a draft: {', '.join(forbidden)}")
    return DraftForm(account_id, path, names)


def seal(tools: Tools, form: DraftForm) -> str:
    """The token that the page carries, good for a day; it tells nothing and cannot be made by anybody else."""
    issued = int(tools.now().timestamp())
    content = json.dumps([_PURPOSE, form.account_id, form.path, form.names, issued])
    return urlsafe_b64encode(tools.cipher.encrypt(content)).decode()


def unseal(tools: Tools, token: str) -> DraftForm | None:
    """The form of a token, None for one that is not ours or too old."""
    try:
        purpose, account_id, path, names, issued = json.loads(tools.cipher.decrypt(urlsafe_b64decode(token)))
    except (ValueError, TypeError):
        return None
    if purpose != _PURPOSE or tools.now().timestamp() - issued > TOKEN_LIFE.total_seconds():
        return None
    return DraftForm(account_id, path, tuple(names))


def keep(db: Session, tools: Tools, form: DraftForm, typed: Mapping[str, str], at: str | None = None) -> bool:
    """Keep what was typed in this form instead of what was kept before; whether it is kept.

    `at`: the field it stopped at, else the last one with a text. Nothing typed leaves no draft; what is too long for
    one leaves the former. An account that was closed keeps nothing.
    """
    values = {name: typed[name] for name in form.names if typed.get(name)}
    if sum(map(len, values.values())) > LONGEST:
        return False
    if not any(value.strip() for value in values.values()):
        forget(db, form)
        return True
    content = {"values": values, "at": at if at in form.names else list(values)[-1]}
    account = select(
        Account.id,
        bindparam("form", form.key),
        bindparam("values", tools.cipher.encrypt(json.dumps(content)), type_=Draft.values.type),
        bindparam("now", tools.now()),
    ).where(Account.id == form.account_id, Account.closed_at.is_(None))
    written = insert(Draft).from_select(["account_id", "form", "values", "updated_at"], account)
    new = {"values": written.excluded["values"], "updated_at": written.excluded.updated_at}
    kept = written.on_conflict_do_update(index_elements=["account_id", "form"], set_=new).returning(Draft.id)
    return db.execute(kept).first() is not None


def find(db: Session, tools: Tools, form: DraftForm) -> Kept:
    """What is kept for this form; nothing when nothing is, or when the form has other fields by now."""
    query = select(Draft.values).where(Draft.account_id == form.account_id, Draft.form == form.key)
    sealed = db.scalar(query)
    if sealed is None:
        return Kept()
    content: dict[str, Any] = json.loads(tools.cipher.decrypt(sealed))
    values = {name: text for name, text in content["values"].items() if name in form.names}
    return Kept(values, content["at"] if content["at"] in form.names else None)


def forget(db: Session, form: DraftForm) -> None:
    """The form was sent, or its draft is not wanted."""
    db.execute(delete(Draft).where(Draft.account_id == form.account_id, Draft.form == form.key))
