"""The tools of an assistant, made from the published document of the API: no second truth, no second right.

Each reading of the document is a tool, and of what is posted only what says ``x-tool: read`` (it writes nothing) or
``x-tool: prepare`` (a draft, which its member alone confirms). Calling one is asking the API, in this process, with the
token of who asks: its scopes, limits, readings and refusals are the API's own.
"""

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlencode

from mcp_types import CallToolResult, TextContent, Tool, ToolAnnotations
from webob import Request

from member_space.views.api.document import operations

JSON = "application/json"


class Kind(StrEnum):
    """What a tool does. ``PREPARE``: it writes a draft, which its member alone confirms, on a page of the space."""

    READ = "read"
    PREPARE = "prepare"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document, and its tool. ``in_path``, ``in_query``: which arguments go where; the others
    are the body's."""

    method: str
    path: str
    in_path: frozenset[str]
    in_query: frozenset[str]
    kind: Kind
    tool: Tool


def operations_of(document: Mapping[str, Any]) -> dict[str, Operation]:
    """The operations that are tools, by the name of their tool, in the document's order."""
    base, found = document["servers"][0]["url"], {}
    for path, method, operation in operations(document):
        kind = operation.get("x-tool", Kind.READ if method == "get" else None)
        if kind:
            whole = _resolved(operation, document)
            shared = _resolved(document["paths"][path].get("parameters", []), document)
            found[whole["operationId"]] = _operation(method, base + path, Kind(kind), whole, shared)
    return found


def _operation(
    method: str, path: str, kind: Kind, operation: dict[str, Any], shared: list[dict[str, Any]]
) -> Operation:
    parameters = [one for one in [*shared, *operation.get("parameters", [])] if one["in"] in ("path", "query")]
    body = operation.get("requestBody", {}).get("content", {}).get(JSON, {}).get("schema", {})
    schema = {
        "type": "object",
        "properties": {one["name"]: _described(one) for one in parameters} | body.get("properties", {}),
        "required": [one["name"] for one in parameters if one.get("required")] + body.get("required", []),
        "additionalProperties": False,
    }
    hints = ToolAnnotations(
        read_only_hint=kind is Kind.READ,
        destructive_hint=False,
        idempotent_hint=kind is Kind.READ,
        open_world_hint=False,
    )
    tool = Tool(
        name=operation["operationId"],
        title=operation["summary"],
        description=operation.get("description", operation["summary"]),
        input_schema=schema,
        annotations=hints,
    )
    names = {where: frozenset(one["name"] for one in parameters if one["in"] == where) for where in ("path", "query")}
    return Operation(method.upper(), path, names["path"], names["query"], kind, tool)


def _described(parameter: dict[str, Any]) -> dict[str, Any]:
    told = {"description": parameter["description"]} if "description" in parameter else {}
    schema: dict[str, Any] = parameter.get("schema", {})
    return schema | told


def _resolved(node: Any, document: Mapping[str, Any]) -> Any:
    """The node with what its references name in their place: an assistant reads one schema, not a document."""
    if isinstance(node, list):
        return [_resolved(one, document) for one in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if reference is None:
        return {name: _resolved(value, document) for name, value in node.items()}
    target: Any = document
    for step in _steps(reference):
        target = target[step]
    return _resolved(target, document)


def _steps(reference: str) -> Iterator[str]:
    for step in reference.removeprefix("#/").split("/"):
        yield step.replace("~1", "/").replace("~0", "~")


def request_of(site: str, operation: Operation, arguments: Mapping[str, Any], environ: Mapping[str, str]) -> Request:
    """The request to the API that this call of a tool is, not yet sent.

    ``site``: where it is published, as `https://host`; ``environ``: what WSGI is to know beside. Raises ValueError
    naming an argument of the path that is missing, or that would lead to another operation.
    """
    path = operation.path
    for name in operation.in_path:
        value = str(arguments.get(name, ""))
        if not value or "/" in value:
            raise ValueError(f"the argument {name} is needed, an id as another tool gave it")
        path = path.replace(f"{{{name}}}", quote(value))
    query = {name: value for name, value in arguments.items() if name in operation.in_query and value is not None}
    whole = f"{path}?{urlencode(query, doseq=True)}" if query else path
    request = Request.blank(whole, environ=dict(environ), base_url=site)
    request.method = operation.method
    if operation.method == "POST":
        taken = operation.in_path | operation.in_query
        request.content_type = JSON
        request.body = json.dumps({name: value for name, value in arguments.items() if name not in taken}).encode()
        request.headers["Idempotency-Key"] = str(uuid.uuid4())
    return request


def result_of(response: Any) -> CallToolResult:
    """What the API answered, as a tool answers: a refusal is told in its words, for the assistant to read."""
    body = response.json_body if response.body else {}
    text = json.dumps(body, ensure_ascii=False)
    if response.status_int < 400:
        return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=body)
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True)
