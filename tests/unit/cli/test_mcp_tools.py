"""Tools are operations of a document: named, described and checked as it says."""

import json

import pytest

from member_space.cli.mcp_tools import Kind, operations_of, request_of, result_of

DOCUMENT = {
    "servers": [{"url": "/api/v1"}],
    "paths": {
        "/things/{id}": {
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "get": {
                "operationId": "getThing",
                "summary": "One thing",
                "parameters": [
                    {"name": "from", "in": "query", "description": "since", "schema": {"type": "string"}},
                    {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}},
                ],
            },
            "post": {"operationId": "sendThing", "summary": "It leaves at once"},
        },
        "/things": {
            "post": {
                "operationId": "prepareThing",
                "summary": "Prepare a thing",
                "description": "As a draft.",
                "x-tool": "prepare",
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
            },
        },
    },
    "components": {
        "parameters": {"Id": {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}},
        "schemas": {
            "Thing": {
                "type": "object",
                "properties": {"kind": {"$ref": "#/components/schemas/Kind"}},
                "required": ["kind"],
            },
            "Kind": {"type": "string", "enum": ["a", "b"]},
        },
    },
}


@pytest.fixture(scope="module")
def operations():
    return operations_of(DOCUMENT)


def test_what_writes_is_a_tool_only_where_it_says_so(operations):
    assert {name: one.kind for name, one in operations.items()} == {
        "getThing": Kind.READ,
        "prepareThing": Kind.PREPARE,
    }


def test_the_arguments_are_those_of_the_document_without_references(operations):
    read, prepare = operations["getThing"].tool, operations["prepareThing"].tool
    assert read.input_schema["properties"] == {
        "id": {"type": "string"},
        "from": {"type": "string", "description": "since"},
    }
    assert read.input_schema["required"] == ["id"]
    assert prepare.input_schema["properties"] == {"kind": {"type": "string", "enum": ["a", "b"]}}
    assert (read.annotations.read_only_hint, prepare.annotations.read_only_hint) == (True, False)


def test_each_argument_goes_to_its_place(operations):
    arguments = {"id": "a b?", "from": "2026-01-01"}
    request = request_of("https://espace.example", operations["getThing"], arguments, {"REMOTE_ADDR": "192.0.2.1"})
    assert request.url == "https://espace.example/api/v1/things/a%20b%3F?from=2026-01-01"
    assert (request.method, request.remote_addr) == ("GET", "192.0.2.1")


def test_a_draft_is_a_post_with_a_key_of_its_own(operations):
    one, other = (request_of("https://espace.example", operations["prepareThing"], {"kind": "a"}, {}) for _ in range(2))
    assert (one.method, one.content_type, json.loads(one.body)) == ("POST", "application/json", {"kind": "a"})
    assert one.headers["Idempotency-Key"] != other.headers["Idempotency-Key"]


@pytest.mark.parametrize("arguments", [{}, {"id": ""}, {"id": "x/other"}, {"id": "../me"}])
def test_an_id_that_is_missing_or_leads_elsewhere_is_refused(operations, arguments):
    with pytest.raises(ValueError, match="the argument id"):
        request_of("https://espace.example", operations["getThing"], arguments, {})


class Answer:
    def __init__(self, status, body):
        self.status_int, self.json_body, self.body = status, body, b"{}"


def test_a_refusal_is_told_in_its_words():
    result = result_of(Answer(403, {"title": "Insufficient scope"}))
    assert result.is_error
    assert json.loads(result.content[0].text) == {"title": "Insufficient scope"}


def test_an_answer_is_structured_and_text():
    result = result_of(Answer(200, {"amount": "12.50"}))
    assert (result.is_error, result.structured_content) == (False, {"amount": "12.50"})
    assert json.loads(result.content[0].text) == {"amount": "12.50"}
