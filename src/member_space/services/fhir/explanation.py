"""Lines of care as ExplanationOfBenefit (C59): one for each statement and person.

https://hl7.org/fhir/R4/explanationofbenefit.html. What the base profile has no code for (the share of the fund, what is
left) is an adjudication of our own code system. Care that stays closed has its amounts and no word of its nature.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from member_space.domain.acts import ActFamily
from member_space.domain.money import Money
from member_space.models import Statement, StatementLine
from member_space.services.care_line import CareLine, Payee, among, line_query, read_lines, shapes, values_of
from member_space.services.fhir.parts import CLAIM_TYPE, Page, Resource, Search, coded, money, patient
from member_space.services.household import Household
from member_space.services.reimbursement import within

ADJUDICATION = "http://terminology.hl7.org/CodeSystem/adjudication"
OURS = "urn:member-space:adjudication"
ACTS = "urn:member-space:act"

_TYPES = {
    ActFamily.PHARMACY: "pharmacy",
    ActFamily.DENTAL_CARE: "oral",
    ActFamily.DENTAL_PROSTHESIS: "oral",
    ActFamily.ORTHODONTICS: "oral",
    ActFamily.OPTICS: "vision",
    ActFamily.HOSPITAL: "institutional",
}
"""Codes of CLAIM_TYPE; any other family is `professional`."""

_AMOUNTS = (
    (ADJUDICATION, "submitted", "fee"),
    (ADJUDICATION, "eligible", "base"),
    (ADJUDICATION, "benefit", "our_share"),
    (OURS, "amo-gross", "amo_gross"),
    (OURS, "participation", "participation"),
    (OURS, "franchise", "franchise"),
    (OURS, "deferred", "deferred"),
    (OURS, "amo-net", "amo_net"),
    (OURS, "other-insurer", "other_insurer"),
    (OURS, "member-share", "member_share"),
)


def explanations(lines: Iterable[CareLine], insurer: str) -> Iterator[Resource]:
    """For a file: the resources of these lines, which come statement by statement; ``insurer``: its name.

    Each holds its patient, as there is nobody to ask who it is.
    """
    for _statement, together in groupby(lines, key=lambda line: line.statement_id):
        by_person: dict[int, list[CareLine]] = {}
        for line in together:
            by_person.setdefault(line.person_id, []).append(line)
        for rank, own in enumerate(by_person.values(), start=1):
            name = own[0].person_full_name
            held = {"contained": [{"resourceType": "Patient", "id": "patient", "name": [{"text": name}]}]}
            reference = {"reference": "#patient", "display": name}
            yield _explanation(own, insurer, f"{own[0].statement_id}-{rank}", reference) | held


def page_of_explanations(db: Session, household: Household, search: Search, insurer: str) -> Page:
    """Those of the statements issued on the days of the search, the latest brought in first; two statements."""
    line = StatementLine
    place = func.min(line.id).label("place")
    seen = among("visible", shapes(household)["visible"], line.contract_id, line.person_id)
    pairs = select(Statement.public_id, line.person_id, place).join(Statement, Statement.id == line.statement_id)
    pairs = pairs.where(seen, within(Statement.issued_on, search.first, search.last))
    if search.patient is not None:
        pairs = pairs.where(line.person_id == search.patient)
    pairs = pairs.group_by(Statement.public_id, line.person_id).order_by(place.desc()).limit(search.count + 1)
    if search.before is not None:
        pairs = pairs.having(place < search.before)
    found = db.execute(pairs, values_of(household)).all()
    told = found[: search.count]
    household.note(row.person_id for row in told)
    query = line_query(household).where(Statement.public_id.in_([row.public_id for row in told]))
    lines: dict[tuple[UUID, int], list[CareLine]] = {}
    for one in read_lines(household, db.execute(query.order_by(line.rank, line.id), values_of(household))):
        lines.setdefault((one.statement_id, one.person_id), []).append(one)
    resources = [_of(household, lines[row.public_id, row.person_id], insurer) for row in told]
    return Page(resources, told[-1].place if len(found) > len(told) else None)


def find_explanation(db: Session, household: Household, explanation_id: str, insurer: str) -> Resource | None:
    """The resource of this id, as far as its lines are seen: the ids of its statement and of its person, without
    hyphens; one statement."""
    try:
        statement_id, person_id = UUID(explanation_id[:32]), UUID(explanation_id[32:])
    except ValueError:
        return None
    member = household.person(str(person_id))
    if member is None:
        return None
    query = line_query(household).where(Statement.public_id == statement_id)
    query = query.where(StatementLine.person_id == member.person_id)
    lines = read_lines(household, db.execute(query.order_by(StatementLine.rank), values_of(household)))
    if not lines:
        return None
    household.note([member.person_id])
    return _of(household, lines, insurer)


def _of(household: Household, lines: list[CareLine], insurer: str) -> Resource:
    first = lines[0]
    member = next(one for one in household.persons() if one.person_id == first.person_id)
    made_id = f"{first.statement_id.hex}{member.public_id.hex}"
    return _explanation(lines, insurer, made_id, patient(household, first.person_id))


def _explanation(lines: list[CareLine], insurer: str, made_id: str, of: Resource) -> Resource:
    first = lines[0]
    found: Resource = {
        "resourceType": "ExplanationOfBenefit",
        "id": made_id,
        "identifier": [{"value": first.statement_reference}],
        "status": "active",
        "type": coded(CLAIM_TYPE, _type_of(lines)),
        "use": "claim",
        "patient": of,
        "created": first.issued_on.isoformat(),
        "insurer": {"display": insurer},
        "provider": {"display": _provider(lines)},
        "outcome": "complete",
        "insurance": [{"focal": True, "coverage": {"display": insurer}}],
        "item": [_item(line, sequence) for sequence, line in enumerate(lines, start=1)],
        "total": [
            _amount(system, code, sum(getattr(line, name) for line in lines))
            for system, code, name in _AMOUNTS
            if all(getattr(line, name) is not None for line in lines)
        ],
        "payee": {"type": {"text": "insured" if first.payee is not Payee.THIRD_PARTY else "third party"}},
    }
    if first.paid_on:
        found["payment"] = {"date": first.paid_on.isoformat()}
    return found


def _item(line: CareLine, sequence: int) -> Resource:
    item: Resource = {
        "sequence": sequence,
        "productOrService": {"text": line.label or "care of another adult"},
        "servicedDate": line.care_date.isoformat(),
        "net": money(line.fee),
        "adjudication": [
            _amount(system, code, getattr(line, name))
            for system, code, name in _AMOUNTS
            if getattr(line, name) is not None
        ],
    }
    if line.act_code:
        item["productOrService"]["coding"] = [{"system": ACTS, "code": line.act_code}]
    if line.quantity is not None:
        item["quantity"] = {"value": line.quantity}
    if line.amo_rate is not None:
        item["adjudication"].append({"category": coded(ADJUDICATION, "eligpercent"), "value": line.amo_rate / 100})
    return item


def _amount(system: str, code: str, cents: Money) -> Resource:
    return {"category": coded(system, code), "amount": money(cents)}


def _type_of(lines: list[CareLine]) -> str:
    families = {line.family for line in lines}
    known = {_TYPES.get(ActFamily(family)) for family in families if family in set(ActFamily)}
    return known.pop() or "professional" if len(families) == len(known) == 1 else "professional"


def _provider(lines: list[CareLine]) -> str:
    names = {line.practitioner for line in lines if line.practitioner}
    return names.pop() if len(names) == 1 else "several" if names else "not told"
