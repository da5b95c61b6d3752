"""Who is on the contracts of an account's person, and how much of each this account may see."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import BigInteger, bindparam, select
from sqlalchemy.orm import Session, aliased

from member_space.domain.privacy import View, view_of
from member_space.models import Contract, Coverage, Person
from member_space.models.base import DateRange
from member_space.services.age import is_adult


@dataclass(frozen=True, slots=True)
class HouseholdMember:
    """A coverage of the household as this account may see it; a person on two contracts appears twice."""

    coverage_id: int
    contract_id: int
    contract_public_id: uuid.UUID
    contract_number: str
    person_id: int
    public_id: uuid.UUID
    first_name: str
    last_name: str
    birth_date: date
    relation: str
    period: DateRange
    local_scheme: bool
    view: View
    is_viewer: bool

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True)
class Household:
    """Every coverage the account's person may see at least the amounts of, the viewer first.

    ``shown``: the persons whose data left the database for this viewer. Each service that reads some notes it there,
    and `security.readings` writes it down: who asks through a household cannot read in silence.
    """

    viewer_id: int
    today: date
    members: tuple[HouseholdMember, ...]
    shown: set[int] = field(default_factory=set, compare=False, repr=False)

    def note(self, person_ids: Iterable[int]) -> None:
        """Data of these persons are about to be shown to the viewer."""
        self.shown.update(person_ids)

    def persons_shown(self) -> dict[int, int]:
        """The persons shown, each with a contract of his."""
        return {member.person_id: member.contract_id for member in self.members if member.person_id in self.shown}

    def others_shown(self) -> dict[int, int]:
        """As `persons_shown`, but the viewer."""
        shown = self.persons_shown()
        shown.pop(self.viewer_id, None)
        return shown

    @property
    def shows_viewer(self) -> bool:
        """Whether the viewer is one of them: through a token, he may show his family and not himself."""
        return any(member.is_viewer for member in self.members)

    @property
    def contract_ids(self) -> list[int]:
        """The contracts the viewer holds or is covered by."""
        return sorted({member.contract_id for member in self.members})

    @property
    def visible(self) -> list[tuple[int, int]]:
        """(contract, person) pairs whose amounts may be shown.

        Pairs, not persons: a child seen as holder of one contract stays unseen on another where one is a beneficiary.
        """
        return sorted({(member.contract_id, member.person_id) for member in self.members})

    @property
    def open(self) -> list[tuple[int, int]]:
        """(contract, person) pairs whose nature of care may be shown too (C44)."""
        return sorted({(m.contract_id, m.person_id) for m in self.members if m.view is View.FULL})

    def persons(self) -> Iterator[HouseholdMember]:
        """Each person once, in the order of the card."""
        seen: set[int] = set()
        for member in self.members:
            if member.person_id not in seen:
                seen.add(member.person_id)
                yield member

    def person(self, public_id: str) -> HouseholdMember | None:
        """The visible person of this public id (any text), or None: someone else's is as unknown as a wrong one."""
        return next((member for member in self.members if str(member.public_id) == public_id), None)

    def view_on(self, contract_id: int, person_id: int) -> View:
        """How much of this person's care under this contract may be shown."""
        views = [m.view for m in self.members if (m.contract_id, m.person_id) == (contract_id, person_id)]
        return max(views, default=View.NONE)


_MINE = aliased(Coverage)
_VIEWER = bindparam("viewer", type_=BigInteger)
# Built once: this statement runs on every page of every member.
_MEMBERS = (
    select(
        Coverage.id.label("coverage_id"),
        Coverage.relation,
        Coverage.period,
        Coverage.local_scheme,
        Contract.id.label("contract_id"),
        Contract.public_id.label("contract_public_id"),
        Contract.number.label("contract_number"),
        Contract.holder_id,
        Person.id.label("person_id"),
        Person.public_id,
        Person.first_name,
        Person.last_name,
        Person.birth_date,
        Person.care_open_to_holder,
    )
    .select_from(Coverage)
    .join(Contract, Contract.id == Coverage.contract_id)
    .join(Person, Person.id == Coverage.person_id)
    .where(
        Coverage.contract_id.in_(
            select(_MINE.contract_id)
            .where(_MINE.person_id == _VIEWER)
            .union(select(Contract.id).where(Contract.holder_id == _VIEWER))
        )
    )
    .order_by((Coverage.person_id == _VIEWER).desc(), Coverage.position, Coverage.id)
)


def load_household(db: Session, person_id: int, today: date) -> Household:
    """One statement, whatever the history: past coverages are kept, since their statements remain readable."""
    rows = db.execute(_MEMBERS, {"viewer": person_id})
    members = []
    for row in rows:
        view = view_of(
            viewer_person_id=person_id,
            viewer_is_holder=row.holder_id == person_id,
            subject_person_id=row.person_id,
            subject_is_adult=is_adult(row.birth_date, today),
            subject_opened=row.care_open_to_holder,
        )
        if view is not View.NONE:
            fields = {
                name: value for name, value in row._mapping.items() if name not in ("holder_id", "care_open_to_holder")
            }
            members.append(HouseholdMember(**fields, view=view, is_viewer=row.person_id == person_id))
    return Household(person_id, today, tuple(members))
