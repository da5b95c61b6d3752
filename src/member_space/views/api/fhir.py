"""The FHIR R4 façade: reads and searches of what a token opens, and nothing written (C163)."""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from pyramid.httpexceptions import HTTPNotAcceptable, HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.forms.ids import number_from, uuid_from
from member_space.services.fhir.capability import capability_statement
from member_space.services.fhir.claim import claims, find_claim
from member_space.services.fhir.communication import communications, find_communication
from member_space.services.fhir.coverage import coverages, find_coverage
from member_space.services.fhir.document_reference import document_references, find_document_reference
from member_space.services.fhir.explanation import find_explanation, page_of_explanations
from member_space.services.fhir.parts import MOST, Page, Search
from member_space.views.api.endpoint import mark
from member_space.views.api.outcome import FHIR_JSON, RefusedSearch, outcome_of

FORMATS = (FHIR_JSON, "application/json")
DATES: dict[str, str | None] = {
    "Coverage": None,
    "ExplanationOfBenefit": "created",
    "Claim": "created",
    "Communication": "sent",
    "DocumentReference": "date",
}
"""Each resource, with the parameter that searches it by day."""
_DAY = re.compile(r"(?P<prefix>eq|ge|le|gt|lt)?(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})", re.ASCII)
ONE_DAY = timedelta(days=1)


def _fhir(route_name: str, permission: Permission | str, what: What | None = None) -> view_config:
    """Decorates a view of the façade. ``what``: whose data it shows, as a page says it (`security.readings`)."""
    return view_config(
        route_name=route_name,
        permission=permission,
        request_method="GET",
        reads=what,
        before_new_password=True,
    )


def _json(request: Request, resource: dict[str, Any] | None) -> Response:
    """The resource; who wants no JSON is refused (406). Raises HTTPNotFound for None."""
    if request.params.get("_format", "json") not in ("json", *FORMATS):
        raise HTTPNotAcceptable
    if not request.accept.acceptable_offers(FORMATS):
        raise HTTPNotAcceptable
    if resource is None:
        raise HTTPNotFound
    body = json.dumps(resource, ensure_ascii=False, separators=(",", ":"))
    return mark(request, Response(body, content_type=FHIR_JSON, charset="utf-8"))


@_fhir("fhir_metadata", NO_PERMISSION_REQUIRED)
def metadata(request: Request) -> Response:
    """For anybody."""
    brand = request.registry.brand.name
    return _json(request, capability_statement(DATES, f"{request.application_url}/api/fhir/r4", brand))


@_fhir("fhir_coverages", Permission.VIEW_CONTRACT, What.CONTRACT)
def search_coverages(request: Request) -> Response:
    return _search(request, "Coverage", lambda search: coverages(request.context.household, search, _insurer(request)))


@_fhir("fhir_coverage", Permission.VIEW_CONTRACT, What.CONTRACT)
def read_coverage(request: Request) -> Response:
    found = find_coverage(request.context.household, request.matchdict["fhir_coverage_id"], _insurer(request))
    return _json(request, found)


@_fhir("fhir_explanations", Permission.VIEW_REIMBURSEMENTS, What.REIMBURSEMENTS)
def search_explanations(request: Request) -> Response:
    household, insurer = request.context.household, _insurer(request)
    return _search(
        request,
        "ExplanationOfBenefit",
        lambda search: page_of_explanations(request.db, household, search, insurer),
    )


@_fhir("fhir_explanation", Permission.VIEW_REIMBURSEMENTS, What.REIMBURSEMENTS)
def read_explanation(request: Request) -> Response:
    asked = request.matchdict["fhir_explanation_id"]
    return _json(request, find_explanation(request.db, request.context.household, asked, _insurer(request)))


@_fhir("fhir_claims", Permission.VIEW_REQUESTS, What.REQUEST)
def search_claims(request: Request) -> Response:
    household, insurer = request.context.household, _insurer(request)
    return _search(request, "Claim", lambda search: claims(request.db, household, search, insurer))


@_fhir("fhir_claim", Permission.VIEW_REQUESTS, What.REQUEST)
def read_claim(request: Request) -> Response:
    return _read(request, "fhir_claim_id", find_claim, _insurer(request))


@_fhir("fhir_communications", Permission.VIEW_REQUESTS, What.REQUEST)
def search_communications(request: Request) -> Response:
    household, insurer = request.context.household, _insurer(request)
    return _search(request, "Communication", lambda search: communications(request.db, household, search, insurer))


@_fhir("fhir_communication", Permission.VIEW_REQUESTS, What.REQUEST)
def read_communication(request: Request) -> Response:
    return _read(request, "fhir_communication_id", find_communication, _insurer(request))


@_fhir("fhir_documents", Permission.VIEW_REQUESTS, What.ATTACHMENT)
def search_documents(request: Request) -> Response:
    household, site = request.context.household, request.application_url
    return _search(
        request, "DocumentReference", lambda search: document_references(request.db, household, search, site)
    )


@_fhir("fhir_document", Permission.VIEW_REQUESTS, What.ATTACHMENT)
def read_document(request: Request) -> Response:
    return _read(request, "fhir_document_id", find_document_reference, request.application_url)


def _read(request: Request, name: str, find: Callable[..., dict[str, Any] | None], told: str) -> Response:
    public_id = uuid_from(request.matchdict[name])
    found = find(request.db, request.context.household, public_id, told) if public_id else None
    return _json(request, found)


def _search(request: Request, kind: str, page_of: Callable[[Search], Page]) -> Response:
    """A Bundle of one page; what cannot be searched by is refused (400), not passed over."""
    try:
        search = _asked(request, kind)
    except RefusedSearch as refusal:
        return outcome_of(request, 400, "not-supported" if refusal.unknown else "value", str(refusal))
    here = f"{request.application_url}/api/fhir/r4/{kind}"
    # A patient who is not among the persons seen has nothing: the same answer as for nobody.
    page = page_of(search) if search is not None else Page([])
    given = [(name, value) for name, value in request.GET.items() if name not in ("_before", "_format")]
    links = [("self", list(request.GET.items()))]
    if page.next is not None:
        links.append(("next", [*given, ("_before", str(page.next))]))
    bundle = {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": [
            {"relation": relation, "url": f"{here}?{urlencode(query)}" if query else here} for relation, query in links
        ],
    }
    if page.resources:
        bundle["entry"] = [
            {"fullUrl": f"{here}/{one['id']}", "resource": one, "search": {"mode": "match"}} for one in page.resources
        ]
    return _json(request, bundle)


def _asked(request: Request, kind: str) -> Search | None:
    """The search that the address asks for; None where its patient is nobody seen. Raises RefusedSearch."""
    patient: int | None = None
    known: dict[str, Any] = {}
    for name, value in request.GET.items():
        if name == "patient":
            member = request.context.household.person(value.removeprefix("Patient/").rpartition("|")[2])
            if member is None:
                return None
            patient = member.person_id
        elif name == DATES[kind]:
            _bound(known, name, value)
        elif name == "_count":
            known["count"] = min(_number(name, value), MOST) or 1
        elif name == "_before":
            known["before"] = _number(name, value)
        elif name != "_format":
            raise RefusedSearch(name, unknown=True)
    return Search(patient=patient, **known)


def _bound(known: dict[str, Any], name: str, value: str) -> None:
    """One more bound of the day; two of them hold together."""
    match = _DAY.fullmatch(value)
    try:
        day = date.fromisoformat(match["day"]) if match else None
    except ValueError:
        day = None
    if match is None or day is None or not 1900 <= day.year <= 2100:
        raise RefusedSearch(name)
    prefix = match["prefix"] or "eq"
    if prefix in ("eq", "ge", "gt"):
        first = day + ONE_DAY if prefix == "gt" else day
        known["first"] = max(first, known.get("first", first))
    if prefix in ("eq", "le", "lt"):
        last = day - ONE_DAY if prefix == "lt" else day
        known["last"] = min(last, known.get("last", last))


def _number(name: str, value: str) -> int:
    number = number_from(value)
    if number is None:
        raise RefusedSearch(name)
    return number


def _insurer(request: Request) -> str:
    name: str = request.registry.brand.name
    return name
