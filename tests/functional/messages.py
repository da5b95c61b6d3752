"""What was written to be sent, as those who receive it would read it."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from webtest import TestApp

from member_space.interfaces import ICipher
from member_space.models import Notification
from tests.log_guard import note


@dataclass(frozen=True, slots=True)
class Written:
    """One message that waits for the worker; `to` is None where it goes to the account's own channel, or nobody."""

    kind: str
    channel: str
    to: str | None
    values: dict[str, Any]
    code: str | None
    state: str

    @property
    def link(self) -> str:
        return str(self.values["link"])


def written(app: TestApp, db: Session, *kinds: str) -> list[Written]:
    """The messages of these kinds, in the order they were written."""
    cipher = app.app.registry.getUtility(ICipher)
    rows = db.scalars(select(Notification).where(Notification.kind.in_(kinds)).order_by(Notification.id))
    found = []
    for row in rows:
        code = json.loads(cipher.decrypt(row.secret))["code"] if row.secret else None
        if code:
            note(code)
        to = cipher.decrypt(row.target) if row.target else None
        found.append(Written(row.kind, row.channel, to, row.values, code, row.state))
    return found


def warnings(app: TestApp, db: Session) -> list[Written]:
    """Those that tell of a change, with the code that takes it back."""
    return written(app, db, "data_changed", "bank_account_changed")
