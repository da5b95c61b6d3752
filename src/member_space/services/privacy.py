"""Privacy between the adults of a contract: each one opens or closes his care to the holder (C44)."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from member_space.domain.events import EventKind
from member_space.domain.privacy import View
from member_space.models import Contract, Person
from member_space.services.age import is_adult
from member_space.services.events import record
from member_space.services.export import withdraw_files
from member_space.services.household import Household
from member_space.services.sessions import Identity
from member_space.services.tools import Origin


@dataclass(frozen=True, slots=True)
class OtherAdult:
    """Another adult whose contract the viewer holds; ``opened``: his care is read whole, else its amounts only."""

    name: str
    opened: bool


@dataclass(frozen=True, slots=True)
class PrivacyChoices:
    """``is_open``: what the viewer chose. ``holders``: who may read him, as holders of contracts that cover him.
    ``others``: whom he may read as a holder. ``minors``: names of the children whose care he reads whole."""

    is_adult: bool
    is_open: bool
    holders: tuple[str, ...]
    others: tuple[OtherAdult, ...]
    minors: tuple[str, ...]


class MinorCannotChooseError(Exception):
    """Somebody under eighteen asked to change who reads his care."""


def privacy_choices(db: Session, household: Household) -> PrivacyChoices:
    """Who reads whom today; two statements."""
    viewer = db.execute(
        select(Person.birth_date, Person.care_open_to_holder).where(Person.id == household.viewer_id)
    ).one()
    holders = db.execute(
        select(Person.first_name, Person.last_name)
        .join(Contract, Contract.holder_id == Person.id)
        .where(Contract.id.in_(household.contract_ids), Person.id != household.viewer_id)
        .distinct()
        .order_by(Person.first_name, Person.last_name)
    )
    seen = [member for member in household.persons() if not member.is_viewer]
    return PrivacyChoices(
        is_adult=is_adult(viewer.birth_date, household.today),
        is_open=viewer.care_open_to_holder,
        holders=tuple(f"{first} {last}" for first, last in holders),
        others=tuple(
            OtherAdult(member.name, household.view_on(member.contract_id, member.person_id) is View.FULL)
            for member in seen
            if is_adult(member.birth_date, household.today)
        ),
        minors=tuple(member.name for member in seen if not is_adult(member.birth_date, household.today)),
    )


def choose_privacy(db: Session, identity: Identity, household: Household, opened: bool, origin: Origin) -> None:
    """Open or close the care of who is signed in, from now on; nothing is written when that is how it stands. Closed,
    it is in no file either that a holder has had made and may still take.

    Raises MinorCannotChooseError: until eighteen the holder reads all.
    """
    open_care(db, identity.account_id, identity.person_id, household, opened, origin)


def open_care(db: Session, account_id: int, person_id: int, household: Household, opened: bool, origin: Origin) -> None:
    """As `choose_privacy`, for an account that nobody is signed in with yet: it is just being opened."""
    birth_date = db.scalar(select(Person.birth_date).where(Person.id == person_id))
    if birth_date is None or not is_adult(birth_date, household.today):
        raise MinorCannotChooseError
    changed = db.execute(
        update(Person)
        .where(Person.id == person_id, Person.care_open_to_holder.is_(not opened))
        .values(care_open_to_holder=opened)
        .returning(Person.id)
    ).scalar_one_or_none()
    if changed is None:
        return
    if not opened:
        withdraw_files(db, household.contract_ids, person_id)
    for contract_id in household.contract_ids:
        record(
            db,
            EventKind.PRIVACY_CHANGED,
            actor_account_id=account_id,
            subject_person_id=person_id,
            contract_id=contract_id,
            origin=origin,
            details={"opened": opened},
        )
