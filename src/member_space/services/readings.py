"""Readings: data shown to somebody else are a row for their person and a fact in the journal (C157)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.domain.readings import What
from member_space.services.api_access import ApiAccess
from member_space.services.events import record_each
from member_space.services.sessions import OfficeIdentity, SignedIn
from member_space.services.tools import Origin


@dataclass(frozen=True, slots=True)
class Shown:
    """The members whose data left the database for a colleague of the office, as `Household.note` for a member.

    Each service that loads a member for the office notes him here; `security.readings` writes it down.
    """

    persons: dict[int, int | None] = field(default_factory=dict)

    def note(self, person_ids: Iterable[int], contract_id: int | None = None) -> None:
        """Data of these persons, be it a name, are about to be shown; under this contract, where they have one."""
        for person_id in person_ids:
            self.persons.setdefault(person_id, contract_id)


def note_reading(
    db: Session,
    identity: SignedIn,
    subjects: Mapping[int, int | None],
    what: What,
    origin: Origin,
    reason: str | None = None,
) -> None:
    """These persons' data are being shown to who is signed in; the same again in a session is the same reading.

    `subjects`: the contract by person, None where there is none. `reason`: why the office opened the file, words of a
    closed list that the person will read. One statement, and a second one when something is read for the first time.
    """
    # As they are today: a colleague who changes team or role leaves what was read where it was.
    team = identity.team if isinstance(identity, OfficeIdentity) else None
    told = {"reason": reason, "role": identity.role.value, "team": team}
    _note(db, {"session_id": identity.session_id, "account_id": identity.account_id}, told, subjects, what, origin)


def note_access(
    db: Session, access: ApiAccess, subjects: Mapping[int, int | None], what: What, origin: Origin, day: date
) -> None:
    """As `note_reading`, of data that leave through a token: the same again with that token on a day is the same."""
    who = {"token_id": access.token_id, "day": day, "account_id": access.account_id}
    _note(db, who, {"assistant": access.assistant, "role": access.role.value}, subjects, what, origin)


# As a text, which SQLAlchemy keeps compiled: an insert of this dialect it compiles at each page that shows somebody.
_NOTED = text("""
    insert into reading
        (session_id, token_id, day, assistant, account_id, subject_person_id, what, reason, role, team)
    select cast(:session_id as bigint), cast(:token_id as bigint), cast(:day as date), cast(:assistant as text),
        :account_id, unnest(cast(:subjects as bigint[])), :what, cast(:reason as text), :role, cast(:team as text)
    on conflict do nothing returning subject_person_id
""")
_UNTOLD = dict.fromkeys(("session_id", "token_id", "day", "assistant", "reason", "team"))


def _note(
    db: Session,
    who: dict[str, Any],
    told: dict[str, str | None],
    subjects: Mapping[int, int | None],
    what: What,
    origin: Origin,
) -> None:
    if not subjects:
        return
    values = _UNTOLD | who | told | {"what": what.value}
    # In order, so that two pages of one session asked at once never wait for each other in a circle.
    news = db.scalars(_NOTED, values | {"subjects": sorted(subjects)}).all()
    record_each(
        db,
        EventKind.DATA_READ,
        {person_id: subjects[person_id] for person_id in news},
        actor_account_id=who["account_id"],
        origin=origin,
        details={"what": what.value} | {name: words for name, words in told.items() if words},
    )
