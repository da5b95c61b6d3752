"""Changes of one's own data: written with the warning that lets the owner of the old ones take them back (C16)."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from member_space.domain.data_change import COOLING, KEYS, DataKind, free_again_at
from member_space.domain.events import EventKind
from member_space.domain.notices import Channel, NoticeKind
from member_space.models import Account, DataChange, Person
from member_space.services.account_lock import ROW
from member_space.services.challenge import Purpose, open_with_code
from member_space.services.contact_points import can_get_sms
from member_space.services.events import record
from member_space.services.notification import notify
from member_space.services.tools import Origin, Tools

PAGE = "/annuler-un-changement"
"""Where the link of a warning leads, before the public id of its request."""

COLUMNS: dict[DataKind, tuple[str, ...]] = {
    DataKind.EMAIL: ("email",),
    DataKind.MOBILE: ("mobile",),
    DataKind.LANDLINE: ("landline",),
    DataKind.ADDRESS: ("address_line1", "address_line2", "postcode", "city"),
}
"""What each kind is on the person; e-mail and mobile are on the account too, under the same name."""
ON_ACCOUNT = frozenset({DataKind.EMAIL, DataKind.MOBILE})

Values = dict[str, str | None]


class TooSoon(Exception):  # noqa: N818 - named after the event
    """Another change is too young for this one; `until`: when it may be made."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"free again at {until.isoformat()}")
        self.until = until


def check_free(db: Session, tools: Tools, account_id: int, kind: DataKind) -> None:
    """Raise TooSoon when another change is too young for this one."""
    now = tools.now()
    until = free_again_at(kind, recent_changes(db, account_id, now), now)
    if until:
        raise TooSoon(until)


def recent_changes(db: Session, account_id: int, now: datetime) -> list[tuple[DataKind, datetime]]:
    """What changed over the last 48 hours: changes that hold, and contacts that were put back."""
    since = now - COOLING
    rows = db.execute(
        select(DataChange.kind, DataChange.asked_at, DataChange.undone_at).where(
            DataChange.account_id == account_id,
            or_(
                and_(DataChange.undone_at.is_(None), DataChange.asked_at > since),
                and_(DataChange.undone_at > since, DataChange.kind.in_([kind.value for kind in ON_ACCOUNT])),
            ),
        )
    )
    return [(DataKind(row.kind), row.undone_at or row.asked_at) for row in rows]


def change(
    db: Session,
    tools: Tools,
    account: Account,
    kind: DataKind,
    values: Values,
    origin: Origin,
) -> None:
    """Give the locked account's person these contacts; nothing is written when that is how they stand."""
    person = db.get_one(Person, account.person_id, with_for_update=ROW)
    before = current(account, person, kind)
    after: dict[str, Values] = {"person": values} | ({"account": values} if kind in ON_ACCOUNT else {})
    if before == after:
        return
    channels = old_channels(account, person, kind)
    put(account, person, kind, after)
    person.contacts_edited_at = tools.now()
    warn(db, tools, account, keep(db, tools, account, kind, before, after), channels)
    record(
        db,
        EventKind.PERSONAL_DATA_CHANGED,
        actor_account_id=account.id,
        subject_person_id=person.id,
        origin=origin,
        details={"what": kind.value},
    )


def current(account: Account, person: Person, kind: DataKind) -> dict[str, Values]:
    """The contacts of a kind as they stand: what a change keeps to be undone."""
    columns = COLUMNS[kind]
    found = {"person": {name: getattr(person, name) for name in columns}}
    if kind in ON_ACCOUNT:
        found["account"] = {name: getattr(account, name) for name in columns}
    return found


def put(account: Account, person: Person, kind: DataKind, values: dict[str, Values]) -> None:
    """Write contacts where they belong."""
    for row, given in ((person, values["person"]), (account, values.get("account", {}))):
        for name, value in given.items():
            setattr(row, name, value)
    if kind is DataKind.EMAIL:
        account.email_bounced_at = None  # of the other address


def old_channels(account: Account, person: Person, kind: DataKind) -> list[tuple[Channel, str]]:
    """Where the owner is warned: what reached him before the change. A key is told to both, the rest by e-mail."""
    channels = [(Channel.EMAIL, account.email)]
    mobile = account.mobile or person.mobile
    if kind in KEYS and mobile and can_get_sms(mobile):
        channels.append((Channel.SMS, mobile))
    return channels


def keep(
    db: Session,
    tools: Tools,
    account: Account,
    kind: DataKind,
    before: dict[str, Any] | None,
    after: dict[str, Any],
) -> DataChange:
    """The change as it can be undone; flushed."""
    now = tools.now()
    row = DataChange(
        account_id=account.id,
        person_id=account.person_id,
        kind=kind.value,
        before=tools.cipher.encrypt(json.dumps(before)) if before else None,
        after=tools.cipher.encrypt(json.dumps(after)),
        asked_at=now,
    )
    db.add(row)
    db.flush()
    return row


def warn(db: Session, tools: Tools, account: Account, row: DataChange, channels: list[tuple[Channel, str]]) -> None:
    """Tell these channels of a change, with the code that undoes it for seven days."""
    request, code = open_with_code(db, tools, Purpose.UNDO_CHANGE, account_id=row.account_id, person_id=row.person_id)
    row.undo_challenge_id = request.id
    db.flush()
    of_bank = row.kind == DataKind.IBAN
    for channel, to in channels:
        notify(
            db,
            tools,
            NoticeKind.BANK_ACCOUNT_CHANGED if of_bank else NoticeKind.DATA_CHANGED,
            channel,
            account_id=row.account_id,
            to=to,
            values={"link": f"{PAGE}/{request.public_id}"} | ({} if of_bank else {"what": row.kind}),
            secret={"code": code},
            language=account.language,
        )
