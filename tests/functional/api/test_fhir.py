"""The FHIR façade: resources that the published profiles take, of what the token opens and of nobody else."""

import json
import re

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.claim import Claim
from fhir.resources.R4B.communication import Communication
from fhir.resources.R4B.coverage import Coverage
from fhir.resources.R4B.documentreference import DocumentReference
from fhir.resources.R4B.explanationofbenefit import ExplanationOfBenefit
from fhir.resources.R4B.operationoutcome import OperationOutcome
from sqlalchemy import select

from member_space.domain.api_scope import WITHOUT_MEMBER, Scope
from member_space.models import Attachment, Reading, Request
from tests.factories.api import bearer, client_token, make_client, make_grant, token_of
from tests.guards.families import make_family

BASE = "/api/fhir/r4"
MODELS = {
    "Coverage": Coverage,
    "ExplanationOfBenefit": ExplanationOfBenefit,
    "Claim": Claim,
    "Communication": Communication,
    "DocumentReference": DocumentReference,
}
SCOPES = {
    "Coverage": Scope.CONTRACTS_READ,
    "ExplanationOfBenefit": Scope.REIMBURSEMENTS_READ,
    "Claim": Scope.REQUESTS_READ,
    "Communication": Scope.REQUESTS_READ,
    "DocumentReference": Scope.REQUESTS_READ,
}
kinds = pytest.mark.parametrize("kind", list(MODELS))


@pytest.fixture
def family(db, cipher):
    made = make_family(db, cipher, "Quetzalbert", 116)
    # What a member sent as a message, sent as a claim too.
    for request in db.scalars(select(Request).where(Request.contract_id == made.contract.id, Request.state != "draft")):
        request.kind, request.amount = "claim", 3_000
    db.flush()
    return made


@pytest.fixture
def client(db):
    return make_client(db)


def token(db, family, client, roles=("holder", "spouse", "child", "second child"), scopes=Scope):
    grant = make_grant(db, family.account, client, [family.people[role] for role in roles], scopes)
    made = bearer(token_of(db, grant))
    db.commit()
    return made


def resources(app, path, headers):
    answer = app.get(f"{BASE}/{path}", headers=headers)
    assert answer.content_type == "application/fhir+json"
    Bundle.model_validate_json(answer.body)
    return [entry["resource"] for entry in answer.json.get("entry", [])]


@kinds
def test_each_resource_is_one_of_its_profile_and_is_read_by_its_id(app, db, family, client, kind):
    headers = token(db, family, client)
    found = resources(app, kind, headers)
    assert found
    for one in found:
        MODELS[kind].model_validate_json(json.dumps(one))
        assert re.fullmatch(r"[A-Za-z0-9.-]{1,64}", one["id"])
        assert app.get(f"{BASE}/{kind}/{one['id']}", headers=headers).json == one


@kinds
def test_no_resource_holds_a_nir_nor_anything_of_another_family(app, db, cipher, family, client, kind):
    other = make_family(db, cipher, "Wombatier", 207)
    text = json.dumps(resources(app, kind, token(db, family, client)), ensure_ascii=False)
    hidden = other.all_marks + family.marks_of(kinds=("nir",)) + family.marks_of(("spouse",), ("care",)) + family.notes
    assert [mark for mark in hidden if mark in text] == []


@kinds
def test_an_id_of_another_family_is_as_unknown_as_nobodys(app, db, cipher, family, client, kind):
    other = make_family(db, cipher, "Wombatier", 207)
    ids = [one["id"] for one in resources(app, kind, token(db, other, client))]
    headers = token(db, family, client)
    for one in (*ids, "x", "0" * 64, "00000000-0000-4000-8000-000000000009"):
        answer = app.get(f"{BASE}/{kind}/{one}", headers=headers, status=404)
        OperationOutcome.model_validate_json(answer.body)
        assert answer.content_type == "application/fhir+json"


@kinds
def test_only_the_persons_ticked_and_they_are_told_of_it(app, db, family, client, kind):
    headers = token(db, family, client, ("second child",))
    own = str(family.people["second child"].public_id)
    found = resources(app, kind, headers)
    key = {"Coverage": "beneficiary", "ExplanationOfBenefit": "patient", "Claim": "patient"}.get(kind, "subject")
    assert {one[key]["identifier"]["value"] for one in found} <= {own}
    names = [mark for role in ("holder", "spouse", "child") for mark in family.marks_of((role,), ("name", "care"))]
    assert [mark for mark in names if mark in json.dumps(found, ensure_ascii=False)] == []
    persons = set(db.scalars(select(Reading.subject_person_id).where(Reading.token_id.is_not(None))))
    assert persons == ({family.people["second child"].id} if found else set())


@pytest.mark.parametrize("kind", [kind for kind, scope in SCOPES.items() if scope is Scope.REQUESTS_READ])
def test_what_the_member_wrote_is_his_own_as_in_the_list_of_requests(app, db, family, client, kind):
    """He shows the others and not himself; some of it is about them."""
    for model in (Request, Attachment):
        for row in db.scalars(select(model).where(model.author_person_id == family.people["holder"].id)):
            row.person_id = family.people["child"].id
    headers = token(db, family, client, ("spouse", "child", "second child"))
    assert app.get("/api/v1/requests", headers=headers).json["requests"] == []
    found = resources(app, kind, headers)
    assert found == []
    [one, *_rest] = resources(app, kind, token(db, family, client))
    app.get(f"{BASE}/{kind}/{one['id']}", headers=headers, status=404)


def test_who_wrote_is_told_of_the_reading_beside_whom_it_is_about(app, db, family, client):
    holder, child = family.people["holder"], family.people["child"]
    for row in db.scalars(select(Request).where(Request.author_person_id == holder.id)):
        row.person_id = child.id
    assert resources(app, "Claim", token(db, family, client))
    told = set(db.scalars(select(Reading.subject_person_id).where(Reading.token_id.is_not(None))))
    assert told == {holder.id, child.id}


@kinds
def test_a_page_goes_on_from_the_last(app, db, family, client, kind):
    headers = token(db, family, client)
    whole = [one["id"] for one in resources(app, kind, headers)]
    told, path, turns = [], f"{BASE}/{kind}?_count=1", 0
    while path and turns <= len(whole):
        bundle = app.get(path, headers=headers).json
        assert len(bundle["entry"]) == 1
        told += [entry["resource"]["id"] for entry in bundle["entry"]]
        links = {link["relation"]: link["url"] for link in bundle["link"]}
        path, turns = links.get("next", "").removeprefix("http://localhost"), turns + 1
        path = re.sub(r"^https?://[^/]+", "", path)
    assert told == whole


@kinds
def test_a_patient_is_one_of_those_seen_or_nobody(app, db, cipher, family, client, kind):
    other = make_family(db, cipher, "Wombatier", 207)
    headers = token(db, family, client)
    holder = str(family.people["holder"].public_id)
    found = resources(app, f"{kind}?patient={holder}", headers)
    assert found == resources(app, f"{kind}?patient=Patient/{holder}", headers)
    assert found
    for stranger in (str(other.people["holder"].public_id), "x", ""):
        assert resources(app, f"{kind}?patient={stranger}", headers) == []


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("ExplanationOfBenefit", "created"),
        ("Claim", "created"),
        ("Communication", "sent"),
        ("DocumentReference", "date"),
    ],
)
def test_a_search_by_day_keeps_what_is_within(app, db, family, client, kind, name):
    headers = token(db, family, client)
    whole = resources(app, kind, headers)
    assert resources(app, f"{kind}?{name}=ge2000-01-01&{name}=le2100-01-01", headers) == whole
    assert resources(app, f"{kind}?{name}=lt2000-01-01", headers) == []
    day = whole[0][name][:10] if kind == "ExplanationOfBenefit" else None
    assert day is None or whole[0] in resources(app, f"{kind}?{name}={day}", headers)


@pytest.mark.parametrize(
    "query",
    [
        "created=hier",
        "created=2026-13-01",
        "created=ge0001-01-01",
        "created=sa2026-01-01",
        "_count=-1",
        "_count=x",
        "_before=" + "9" * 30,
        "subject=x",
        "_include=*",
        "created:missing=true",
    ],
)
def test_what_cannot_be_searched_by_is_refused_and_named(app, db, family, client, query):
    answer = app.get(f"{BASE}/Claim?{query}", headers=token(db, family, client), status=400)
    OperationOutcome.model_validate_json(answer.body)
    assert query.partition("=")[0] in answer.json["issue"][0]["diagnostics"]


@kinds
def test_a_scope_opens_its_own_resources_alone(app, db, family, client, kind):
    others = [scope for scope in Scope if scope is not SCOPES[kind]]
    refused = app.get(f"{BASE}/{kind}", headers=token(db, family, client, scopes=others), status=403)
    assert OperationOutcome.model_validate_json(refused.body).issue[0].code == "forbidden"
    assert SCOPES[kind].value in refused.headers["WWW-Authenticate"]
    assert resources(app, kind, token(db, family, client, scopes=[SCOPES[kind]]))


@kinds
def test_without_a_member_or_a_token_nothing_opens(app, db, client, kind):
    headers = bearer(client_token(db, client, WITHOUT_MEMBER))
    db.commit()
    app.get(f"{BASE}/{kind}", headers=headers, status=403)
    answer = app.get(f"{BASE}/{kind}", status=401)
    assert OperationOutcome.model_validate_json(answer.body).issue[0].code == "login"
    assert "WWW-Authenticate" in answer.headers
    app.get(f"{BASE}/{kind}", headers=bearer("x"), status=401)


def test_what_it_does_is_told_to_anybody(app):
    answer = app.get(f"{BASE}/metadata")
    told = CapabilityStatement.model_validate_json(answer.body)
    assert [one.type for one in told.rest[0].resource] == list(MODELS)


def test_nothing_is_written_and_other_formats_are_refused(app, db, family, client):
    headers = token(db, family, client)
    for method in (app.post, app.put, app.delete):
        answer = method(f"{BASE}/Claim", headers=headers, status=405)
        OperationOutcome.model_validate_json(answer.body)
    app.get(f"{BASE}/Claim?_format=xml", headers=headers, status=406)
    app.get(f"{BASE}/Claim", headers=headers | {"Accept": "application/fhir+xml"}, status=406)
    app.get(f"{BASE}/Patient", headers=headers, status=404)


def test_the_same_again_is_told_as_such(app, db, family, client):
    headers = token(db, family, client)
    etag = app.get(f"{BASE}/Coverage", headers=headers).headers["ETag"]
    assert app.get(f"{BASE}/Coverage", headers=headers | {"If-None-Match": etag}, status=304).body == b""


def test_the_amounts_are_those_of_the_statement(app, db, family, client):
    """Each line's shares close, as the page shows them."""
    for one in resources(app, "ExplanationOfBenefit", token(db, family, client)):
        total = {amount["category"]["coding"][0]["code"]: amount["amount"]["value"] for amount in one["total"]}
        parts = (total["amo-net"], total["other-insurer"], total["benefit"], total["member-share"])
        assert round(sum(parts), 2) == total["submitted"]
