"""What is known of a person, for himself."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.data_change import DataKind
from member_space.domain.events import EventKind
from member_space.models import Account, Event, Person
from member_space.services.sessions import Identity


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Identity and contacts; None where nothing is known."""

    name: str
    birth_name: str | None
    birth_date: date
    email: str
    email_bounced_at: datetime | None
    mobile: str | None
    landline: str | None
    address: tuple[str, ...]
    address_parts: tuple[str | None, str | None, str | None, str | None]
    """Two lines, postcode, town."""


class By(StrEnum):
    """Who changed something: the member, the office's own file, or the link of a warning that put it back."""

    MEMBER = "member"
    OFFICE = "office"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one kind of contact."""

    at: datetime
    by: By


def personal_data_of(db: Session, identity: Identity) -> PersonalData:
    """What the member reads of himself; the address that he signs in with, which is where mail goes."""
    person = db.get_one(Person, identity.person_id)
    account = db.get_one(Account, identity.account_id)
    return PersonalData(
        name=f"{person.first_name} {person.last_name}",
        birth_name=person.birth_name,
        birth_date=person.birth_date,
        email=account.email,
        email_bounced_at=account.email_bounced_at,
        mobile=person.mobile,
        landline=person.landline,
        address=address_of(person),
        address_parts=(person.address_line1, person.address_line2, person.postcode, person.city),
    )


def edits_of(db: Session, person_id: int) -> dict[DataKind, list[Edit]]:
    """The changes of each kind of contact, the latest first; one statement over the journal."""
    rows = db.execute(
        select(Event.kind, Event.at, Event.actor_account_id, Event.details["what"].astext.label("what"))
        .where(
            Event.subject_person_id == person_id,
            Event.kind.in_((EventKind.PERSONAL_DATA_CHANGED.value, EventKind.PERSONAL_DATA_RESTORED.value)),
        )
        .order_by(Event.id.desc())
    )
    found: dict[DataKind, list[Edit]] = {}
    for row in rows:
        by = By.LINK if row.kind == EventKind.PERSONAL_DATA_RESTORED else By.MEMBER
        if by is By.MEMBER and row.actor_account_id is None:
            by = By.OFFICE
        found.setdefault(DataKind(row.what), []).append(Edit(row.at, by))
    return found


def address_of(person: Person) -> tuple[str, ...]:
    """The lines of a postal address; empty when none is known."""
    town = " ".join(part for part in (person.postcode, person.city) if part)
    return tuple(line for line in (person.address_line1, person.address_line2, town) if line)
