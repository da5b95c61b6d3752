"""Coverages of the persons seen: https://hl7.org/fhir/R4/coverage.html. The same facts as the page of the contract."""

from datetime import date
from uuid import UUID, uuid5

from member_space.models.base import period_of
from member_space.services.fhir.parts import CONTRACT, Page, Resource, Search, coded, patient
from member_space.services.household import Household, HouseholdMember

RELATIONSHIP = "http://terminology.hl7.org/CodeSystem/subscriber-relationship"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_RELATIONS = {"holder": "self", "spouse": "spouse", "child": "child"}
"""Codes of RELATIONSHIP; any other is `other`."""
_IDS = UUID("6e5f1f0a-4f1c-5d0e-9a3b-0f6d2c7e8b91")


def coverages(household: Household, search: Search, insurer: str) -> Page:
    """Each coverage, past ones too, in the order of the database; no statement."""
    kept = [
        one
        for one in sorted(household.members, key=lambda one: -one.coverage_id)
        if search.patient in (None, one.person_id) and (search.before is None or one.coverage_id < search.before)
    ]
    told = kept[: search.count]
    household.note(one.person_id for one in told)
    resources = [_coverage(household, one, insurer) for one in told]
    return Page(resources, told[-1].coverage_id if len(kept) > len(told) else None)


def find_coverage(household: Household, coverage_id: str, insurer: str) -> Resource | None:
    """The coverage of this id among those seen."""
    found = next((one for one in household.members if id_of(one) == coverage_id), None)
    if found is None:
        return None
    household.note([found.person_id])
    return _coverage(household, found, insurer)


def id_of(member: HouseholdMember) -> str:
    """The same at each reading, and nobody's to guess: made of ids that are random."""
    return str(uuid5(_IDS, f"{member.contract_public_id}/{member.public_id}/{member.period.lower}"))


def _coverage(household: Household, member: HouseholdMember, insurer: str) -> Resource:
    period = period_of(member.period)
    told: Resource = {"start": period.start.isoformat()}
    if period.end is not None:
        told["end"] = period.end.isoformat()
    return {
        "resourceType": "Coverage",
        "id": id_of(member),
        "identifier": [{"system": CONTRACT, "value": member.contract_number}],
        "status": "active" if _holds(member, household.today) else "cancelled",
        "type": coded(ACT_CODE, "EHCPOL"),
        "beneficiary": patient(household, member.person_id),
        "relationship": coded(RELATIONSHIP, _RELATIONS.get(member.relation, "other")),
        "period": told,
        "payor": [{"display": insurer}],
    }


def _holds(member: HouseholdMember, today: date) -> bool:
    """Until its last day; one that is to come is told as active, with its first day."""
    return member.period.upper is None or today < member.period.upper
