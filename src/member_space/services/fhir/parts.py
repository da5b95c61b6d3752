"""What the resources are made of, and how a page of them is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from member_space.services.household import Household

PERSON = "urn:member-space:person"
CONTRACT = "urn:member-space:contract"
CLAIM_TYPE = "http://terminology.hl7.org/CodeSystem/claim-type"
PAGE, MOST = 20, 50

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Search:
    """What a search keeps; None keeps all. ``patient``: a person of the household, by his id in the database.

    ``first``, ``last``: days, both in, of the date that the resource is searched by. ``before``: the place of the last
    resource that was told. ``count``: of a page.
    """

    patient: int | None = None
    first: date | None = None
    last: date | None = None
    before: int | None = None
    count: int = PAGE


@dataclass(frozen=True, slots=True)
class Page:
    """Some resources, and the place to go on from; None: these were the last."""

    resources: Sequence[Resource]
    next: int | None = None


def patient(household: Household, person_id: int) -> Resource:
    """A reference to a person by identifier: this façade has no Patient to read."""
    member = next(one for one in household.persons() if one.person_id == person_id)
    return {
        "type": "Patient",
        "identifier": {"system": PERSON, "value": str(member.public_id)},
        "display": member.name,
    }


def money(cents: int) -> Resource:
    """A decimal of two digits: Python writes the shortest text of a double, which these always have."""
    return {"value": cents / 100, "currency": "EUR"}


def coded(system: str, code: str) -> Resource:
    """A CodeableConcept of one code."""
    return {"coding": [{"system": system, "code": code}]}


def instant(value: datetime) -> str:
    """To the second, in UTC."""
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def by_contract(contract_number: str, insurer: str) -> Resource:
    """A reference to a Coverage by the number of its contract."""
    return {"type": "Coverage", "identifier": {"system": CONTRACT, "value": contract_number}, "display": insurer}
