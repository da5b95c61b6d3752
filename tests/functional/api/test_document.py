"""schemathesis over the whole document, in this process: no 5xx, no status, header or shape that it does not name.

Half of the ids are real, as one drawn would never be found.
"""

import sys
from collections import Counter
from dataclasses import replace

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks as openapi

from member_space.domain.api_scope import Scope
from member_space.views.api.document import operations, read_document
from tests.factories.api import bearer, make_client, make_grant, token_of
from tests.factories.household import make_account, make_contract, make_person

EXAMPLES = 12
"""Of each operation, in each mode: what fits the document, and what does not."""
CHECKS = [
    schemathesis.checks.not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
    openapi.response_schema_conformance,
    openapi.unsupported_method,
]
REFUSES = [*CHECKS, openapi.negative_data_rejection]
FITS, DOES_NOT = GenerationMode.POSITIVE, GenerationMode.NEGATIVE


@pytest.fixture
def unlimited(app, db, family, monkeypatch):
    """All of them within one minute."""
    family["client"].per_minute = 100_000
    db.commit()
    settings_of = app.app.registry.member_space
    monkeypatch.setattr(app.app.registry, "member_space", replace(settings_of, api_member_per_minute=100_000))


def questions(operation, mode, known, headers) -> Counter[int]:
    """Ask what is drawn of an operation; how many answers of each status. Raises at the first that breaks a promise."""
    seen: Counter[int] = Counter()

    @settings(max_examples=EXAMPLES, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode), real=st.booleans())
    def ask(case, real):
        if real:
            for place in (case.path_parameters, case.query, case.body if isinstance(case.body, dict) else {}):
                place.update({name: known[name] for name in place if name in known})
        response = case.call(headers=headers)
        seen[response.status_code] += 1
        # A body too long is refused as such (413), which schemathesis does not count as a refusal.
        refuses = mode is DOES_NOT and not real and response.status_code != 413
        case.validate_response(response, checks=REFUSES if refuses else CHECKS, headers=headers)

    ask()
    return seen


@pytest.mark.long
@pytest.mark.usefixtures("unlimited")
def test_questions_and_answers_are_as_the_document_says(app, headers, known, capsys):
    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app.app)
    for path, method, told in operations(read_document()):
        found = {FITS: Counter(), DOES_NOT: Counter()}
        for mode in found if told.get("parameters") or told.get("requestBody") else [FITS]:
            found[mode] = questions(document[path][method.upper()], mode, known, headers)
        assert 200 in found[FITS] or method == "post" or path.startswith("/quotes"), path
        with capsys.disabled():
            words = [", ".join(f"{status} × {n}" for status, n in sorted(seen.items())) for seen in found.values()]
            sys.stdout.write(f"{method.upper():4} {path}: {words[0]}; what does not fit: {words[1] or '-'}\n")


def test_without_its_own_scope_each_operation_is_closed_and_names_it(app, scoped, known):
    """Asked with all the others, of what the family may read."""
    for path, method, operation in operations(read_document()):
        scope = Scope(operation["security"][0]["oauth2"][0])
        others = scoped(*(one for one in Scope if one is not scope))
        response = app.request(f"/api/v1{path.format(**known)}", method=method.upper(), headers=others, status=403)
        assert f'scope="{scope.value}"' in response.headers["WWW-Authenticate"], path


def test_without_a_token_each_operation_is_closed(app, known):
    for path, method, _operation in operations(read_document()):
        app.request(f"/api/v1{path.format(**known)}", method=method.upper(), status=401)


def test_somebody_else_s_ids_are_as_unknown_as_nobody_s(app, db, known):
    stranger = make_person(db, "Ines")
    make_contract(db, stranger)
    grant = make_grant(db, make_account(db, stranger), make_client(db), [stranger])
    headers = bearer(token_of(db, grant))
    db.commit()
    for path, method, _operation in operations(read_document()):
        if "{" in path:
            app.request(f"/api/v1{path.format(**known)}", method=method.upper(), headers=headers, status=404)


def test_the_page_of_the_document_tells_each_operation_and_each_shape(app):
    page = app.get("/api/v1/docs").html
    ids = {one["id"] for one in page.select("[id]")}
    assert {operation["operationId"] for _path, _method, operation in operations(read_document())} <= ids
    links = {one["href"][1:] for one in page.select("main a[href^='#']")}
    assert links <= ids
    # Where the type of a problem leads.
    assert {"invalid", "not-found", "insufficient-scope"} <= ids
    assert {"idempotency-key-reused", "still-answering", "too-many-drafts", "too-many-messages"} <= ids
    assert "`" not in page.main.get_text()
