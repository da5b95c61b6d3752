"""The document as a page, for who writes a client: each endpoint, each shape, each problem."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from member_space.views.api.document import operations, read_document
from member_space.views.api.problem import PROBLEMS

OF_ALL = {"Accept-Language", "If-None-Match"}


@dataclass(frozen=True, slots=True)
class Field:
    """A line of a shape or of the parameters. ``shape``: the name of the shape that it has or holds, if it has one."""

    name: str
    kind: str
    shape: str | None
    required: bool
    words: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``answers``: (status, words, shape) of what is not a problem."""

    method: str
    path: str
    anchor: str
    summary: str
    words: str
    scope: str
    parameters: tuple[Field, ...]
    body: Field | None
    answers: tuple[tuple[str, str, str | None], ...]


@view_config(
    route_name="api_docs", request_method="GET", permission=NO_PERMISSION_REQUIRED, renderer="api/docs.html.jinja2"
)
def api_docs(_request: Request) -> dict[str, Any]:
    document = read_document()
    return {
        "info": document["info"],
        "themes": _themes(),
        "shapes": _shapes(),
        "scopes": document["components"]["securitySchemes"]["oauth2"]["flows"]["authorizationCode"]["scopes"],
        "problems": [(status, slug, title) for status, (slug, title) in PROBLEMS.items()],
    }


@cache
def _themes() -> list[tuple[dict[str, str], list[Endpoint]]]:
    """Each theme with its endpoints."""
    document = read_document()
    found = [(one[-1]["tags"][0], _endpoint(*one)) for one in operations(document)]
    return [(tag, [one for name, one in found if name == tag["name"]]) for tag in document["tags"]]


def _endpoint(path: str, method: str, operation: dict[str, Any]) -> Endpoint:
    body = operation.get("requestBody")
    return Endpoint(
        method.upper(),
        path,
        operation["operationId"],
        operation["summary"],
        operation.get("description", ""),
        operation["security"][0]["oauth2"][0],
        tuple(
            _field(_whole(one)["name"], _whole(one)["schema"], _whole(one)) for one in operation.get("parameters", ())
        ),
        _field("body", body["content"]["application/json"]["schema"], body) if body else None,
        tuple(
            (status, _whole(one)["description"], _shape_of(_whole(one)))
            for status, one in sorted(operation["responses"].items())
            if status < "400"
        ),
    )


def _shape_of(response: dict[str, Any]) -> str | None:
    content = response.get("content", {}).get("application/json")
    return _named(content["schema"]) if content else None


@cache
def _shapes() -> list[tuple[str, str, list[Field]]]:
    """(name, words, fields) of each shape that is an object, by name."""
    schemas = read_document()["components"]["schemas"]
    return [
        (
            name,
            schema.get("description", ""),
            [
                _field(key, one, {"required": key in schema.get("required", ())})
                for key, one in schema["properties"].items()
            ],
        )
        for name, schema in sorted(schemas.items())
        if "properties" in schema
    ]


def _field(name: str, schema: dict[str, Any], says: dict[str, Any]) -> Field:
    words = says.get("description") or schema.get("description") or ""
    return Field(name, _kind(schema), _named(schema), bool(says.get("required")), words)


def _whole(one: dict[str, Any]) -> dict[str, Any]:
    """What a reference stands for, or the thing itself."""
    if "$ref" not in one:
        return one
    found: Any = read_document()
    for part in one["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)


def _named(schema: dict[str, Any]) -> str | None:
    """The shape of this name, of its items, or of what it is when it is not null."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    within = [schema["items"]] if "items" in schema else schema.get("oneOf", ())
    return next((name for one in within if (name := _named(one))), None)


def _kind(schema: dict[str, Any]) -> str:
    """In a few words: « array of », « string (date) or null », « one of … »."""
    if "$ref" in schema:
        return ""
    if "oneOf" in schema:
        return " or ".join(word for one in schema["oneOf"] if (word := _kind(one)))
    if "const" in schema:
        return str(schema["const"])
    if "enum" in schema:
        return " | ".join(str(one) for one in schema["enum"])
    kind = schema.get("type", "object")
    words = " or ".join(kind) if isinstance(kind, list) else kind
    if words == "array":
        return f"array of {_kind(schema['items'])}".strip()
    return f"{words} ({schema['format']})" if "format" in schema else words
