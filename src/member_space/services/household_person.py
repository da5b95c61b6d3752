"""The persons of a household and what covers each: the household knows it, nothing is asked of the database."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from member_space.domain.period import Period
from member_space.models.base import period_of
from member_space.services.age import is_adult
from member_space.services.household import Household, HouseholdMember


@dataclass(frozen=True, slots=True)
class ContractCover:
    """A contract that covers, or covered, the person."""

    contract_public_id: uuid.UUID
    contract_number: str
    relation: str
    period: Period


@dataclass(frozen=True, slots=True)
class HouseholdPerson:
    """A person as the viewer may see him, with his covers, the latest first. ``contract_id``: of a coverage in force,
    or of the last one."""

    person_id: int
    public_id: uuid.UUID
    contract_id: int
    name: str
    is_viewer: bool
    is_adult: bool
    is_covered: bool
    birth_date: date
    covers: tuple[ContractCover, ...]


def household_persons(household: Household) -> list[HouseholdPerson]:
    """Each person whom the viewer sees, in the order of the card, those no more covered last."""
    found = [household_person(household, member) for member in household.persons()]
    household.note(one.person_id for one in found)
    return sorted(found, key=lambda one: not one.is_covered)


def coverages_of(household: Household, person_id: int) -> list[HouseholdMember]:
    """The coverages of this person, the latest last."""
    own = (member for member in household.members if member.person_id == person_id)
    return sorted(own, key=lambda member: (period_of(member.period).start, member.coverage_id))


def in_force(members: Iterable[HouseholdMember], today: date) -> list[HouseholdMember]:
    """Those of these coverages that are in force today."""
    return [member for member in members if period_of(member.period).contains(today)]


def household_person(household: Household, member: HouseholdMember) -> HouseholdPerson:
    """The person of this coverage; whoever shows him notes it."""
    own = coverages_of(household, member.person_id)
    now = in_force(own, household.today)
    return HouseholdPerson(
        person_id=member.person_id,
        public_id=member.public_id,
        contract_id=(now or own)[-1].contract_id,
        name=member.name,
        is_viewer=member.is_viewer,
        is_adult=is_adult(member.birth_date, household.today),
        is_covered=bool(now),
        birth_date=member.birth_date,
        covers=tuple(
            ContractCover(one.contract_public_id, one.contract_number, one.relation, period_of(one.period))
            for one in reversed(own)
        ),
    )
