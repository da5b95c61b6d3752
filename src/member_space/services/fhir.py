"""Lines of care as FHIR R4 ExplanationOfBenefit, plain JSON (C59): one for each statement and person.

https://hl7.org/fhir/R4/explanationofbenefit.html. What the base profile has no code for (the share of the fund, what is
left) is an adjudication of our own code system. Care that stays closed has its amounts and no word of its nature.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from member_space.domain.acts import ActFamily
from member_space.domain.money import Money
from member_space.services.care_line import CareLine, Payee

ADJUDICATION = "http://terminology.hl7.org/CodeSystem/adjudication"
CLAIM_TYPE = "http://terminology.hl7.org/CodeSystem/claim-type"
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
    ("submitted", ADJUDICATION, "fee"),
    ("eligible", ADJUDICATION, "base"),
    ("benefit", ADJUDICATION, "our_share"),
    ("amo-gross", OURS, "amo_gross"),
    ("participation", OURS, "participation"),
    ("franchise", OURS, "franchise"),
    ("deferred", OURS, "deferred"),
    ("amo-net", OURS, "amo_net"),
    ("other-insurer", OURS, "other_insurer"),
    ("member-share", OURS, "member_share"),
)


def explanations(lines: Iterable[CareLine], insurer: str) -> Iterator[dict[str, Any]]:
    """The resources of these lines, which come statement by statement; ``insurer``: its name."""
    for _statement, together in groupby(lines, key=lambda line: line.statement_id):
        by_person: dict[int, list[CareLine]] = {}
        for line in together:
            by_person.setdefault(line.person_id, []).append(line)
        for rank, own in enumerate(by_person.values(), start=1):
            yield _explanation(own, insurer, rank)


def _explanation(lines: list[CareLine], insurer: str, rank: int) -> dict[str, Any]:
    first = lines[0]
    found: dict[str, Any] = {
        "resourceType": "ExplanationOfBenefit",
        "id": f"{first.statement_id}-{rank}",
        "contained": [{"resourceType": "Patient", "id": "patient", "name": [{"text": first.person_full_name}]}],
        "identifier": [{"value": first.statement_reference}],
        "status": "active",
        "type": {"coding": [{"system": CLAIM_TYPE, "code": _type_of(lines)}]},
        "use": "claim",
        "patient": {"reference": "#patient", "display": first.person_full_name},
        "created": first.issued_on.isoformat(),
        "insurer": {"display": insurer},
        "provider": {"display": _provider(lines)},
        "outcome": "complete",
        "insurance": [{"focal": True, "coverage": {"display": insurer}}],
        "item": [_item(line, sequence) for sequence, line in enumerate(lines, start=1)],
        "total": [
            _amount(code, system, sum(getattr(line, name) for line in lines))
            for code, system, name in _AMOUNTS
            if all(getattr(line, name) is not None for line in lines)
        ],
        "payee": {"type": {"text": "insured" if first.payee is not Payee.THIRD_PARTY else "third party"}},
    }
    if first.paid_on:
        found["payment"] = {"date": first.paid_on.isoformat()}
    return found


def _item(line: CareLine, sequence: int) -> dict[str, Any]:
    item: dict[str, Any] = {
        "sequence": sequence,
        "productOrService": {"text": line.label or "care of another adult"},
        "servicedDate": line.care_date.isoformat(),
        "net": _money(line.fee),
        "adjudication": [
            _amount(code, system, getattr(line, name))
            for code, system, name in _AMOUNTS
            if getattr(line, name) is not None
        ],
    }
    if line.act_code:
        item["productOrService"]["coding"] = [{"system": ACTS, "code": line.act_code}]
    if line.quantity is not None:
        item["quantity"] = {"value": line.quantity}
    if line.amo_rate is not None:
        item["adjudication"].append({"category": _category("eligpercent", ADJUDICATION), "value": line.amo_rate / 100})
    return item


def _amount(code: str, system: str, cents: Money) -> dict[str, Any]:
    return {"category": _category(code, system), "amount": _money(cents)}


def _category(code: str, system: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def _money(cents: Money) -> dict[str, Any]:
    """A decimal of two digits: Python writes the shortest text of a double, which these always have."""
    return {"value": cents / 100, "currency": "EUR"}


def _type_of(lines: list[CareLine]) -> str:
    families = {line.family for line in lines}
    known = {_TYPES.get(ActFamily(family)) for family in families if family in set(ActFamily)}
    return known.pop() or "professional" if len(families) == len(known) == 1 else "professional"


def _provider(lines: list[CareLine]) -> str:
    names = {line.practitioner for line in lines if line.practitioner}
    return names.pop() if len(names) == 1 else "several" if names else "not told"
