"""What a member sent to be paid, and quotes to be estimated: https://hl7.org/fhir/R4/claim.html.

A claim has `use` claim, a quote predetermination. What is decided of one stands on its page and, once paid, in an
ExplanationOfBenefit.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from member_space.domain.request import RequestKind, State
from member_space.models import Contract, Request
from member_space.services.fhir.asked import about, page_of, seen
from member_space.services.fhir.parts import (
    CLAIM_TYPE,
    Page,
    Resource,
    Search,
    by_contract,
    coded,
    instant,
    money,
    patient,
)
from member_space.services.household import Household

PRIORITY = "http://terminology.hl7.org/CodeSystem/processpriority"
NUMBER = "urn:member-space:request"
_USES = {RequestKind.CLAIM.value: "claim", RequestKind.QUOTE.value: "predetermination"}
_ENDED = frozenset({State.WITHDRAWN.value, State.DUPLICATE.value})


def claims(db: Session, household: Household, search: Search, insurer: str) -> Page:
    """Those that were sent, the latest first; one statement."""
    return page_of(db, _sent(household, search), Request, search, lambda row: _claim(household, row, insurer))


def find_claim(db: Session, household: Household, public_id: UUID, insurer: str) -> Resource | None:
    """The claim or the quote of this id that the viewer sent."""
    row = db.execute(_sent(household, Search()).where(Request.public_id == public_id)).one_or_none()
    return _claim(household, row, insurer) if row else None


def _sent(household: Household, search: Search) -> Select[Any]:
    query = select(Request, Contract.number.label("contract")).join(Contract, Contract.id == Request.contract_id)
    return query.where(Request.kind.in_(_USES), *seen(household, Request, search))


def _claim(household: Household, row: Row[Any], insurer: str) -> Resource:
    request: Request = row.Request
    person_id = about(household, request)
    made: Resource = {
        "resourceType": "Claim",
        "id": str(request.public_id),
        "identifier": [{"system": NUMBER, "value": request.number}],
        "status": "cancelled" if request.state in _ENDED else "active",
        "type": coded(CLAIM_TYPE, "professional"),
        "use": _USES[request.kind],
        "patient": patient(household, person_id),
        "created": instant(request.sent_at or request.created_at),
        "insurer": {"display": insurer},
        "provider": {"display": "not told"},
        "priority": coded(PRIORITY, "normal"),
        "insurance": [{"sequence": 1, "focal": True, "coverage": by_contract(row.contract, insurer)}],
    }
    if request.care_date:
        made["billablePeriod"] = {"start": request.care_date.isoformat(), "end": request.care_date.isoformat()}
    if request.amount is not None:
        made["total"] = money(request.amount)
    return made
