"""The document as a page, for who writes a client: each endpoint, each shape, each problem."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from markupsafe import Markup
from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from member_space.views.api.document import operations, read_document
from member_space.views.api.problem import PARTICULAR, PROBLEMS


@dataclass(frozen=True, slots=True)
class Field:
    """A line of a shape or of the parameters. ``shape``: the name of the shape that it has or holds, if it has one."""

    name: str
    kind: str
    shape: str | None
    required: bool
    words: Markup


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``answers``: (status, words, shape) of what is not a problem."""

    method: str
    path: str
    anchor: str
    summary: str
    words: Markup
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
        "version": document["info"]["version"],
        "introduction": _marked(document["info"]["description"]),
        "themes": _themes(),
        "shapes": _shapes(),
        "scopes": document["components"]["securitySchemes"]["oauth2"]["flows"]["authorizationCode"]["scopes"],
        "problems": sorted(
            [(status, slug, "") for status, (slug, _title) in PROBLEMS.items()]
            + [(status, slug, _marked(f": {words}")) for slug, (status, words) in PARTICULAR.items()]
        ),
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
        _marked(operation.get("description", "")),
        operation["security"][0]["oauth2"][0],
        tuple(
            _field(_whole(one)["name"], _whole(one)["schema"], _whole(one)) for one in operation.get("parameters", ())
        ),
        _field("body", body["content"]["application/json"]["schema"], body) if body else None,
        tuple(
            (status, _whole(one)["description"], _shape_of(_whole(one)))
            for status, one in sorted(operation["responses"].items())
            if status < "300"
        ),
    )


def _shape_of(response: dict[str, Any]) -> str | None:
    content = response.get("content", {}).get("application/json")
    return _named(content["schema"]) if content else None


@cache
def _shapes() -> list[tuple[str, Markup, list[Field]]]:
    """(name, words, fields) of each shape, by name; what is no object is told in its words."""
    schemas = read_document()["components"]["schemas"]
    return [(name, _marked(_told(schema)), list(_fields(schema))) for name, schema in sorted(schemas.items())]


def _told(schema: dict[str, Any]) -> str:
    beside = " ".join(_named(one) or "" for one in schema.get("allOf", ()))
    kind = "" if "properties" in schema else _kind(schema) or _named(schema) or ""
    return ". ".join(
        filter(None, (schema.get("description", "").rstrip("."), beside and f"With all of {beside}", kind))
    )


def _fields(schema: dict[str, Any], prefix: str = "") -> Iterator[Field]:
    """Its fields, and beneath one that is an object of its own, or a list of those, theirs: « covers[].from »."""
    for key, one in schema.get("properties", {}).items():
        yield _field(prefix + key, one, {"required": key in schema.get("required", ())})
        within, mark = (one["items"], "[].") if "items" in one else (one, ".")
        for inner in (within, *within.get("oneOf", ())):
            yield from _fields(inner, f"{prefix}{key}{mark}")


def _field(name: str, schema: dict[str, Any], says: dict[str, Any]) -> Field:
    words = says.get("description") or schema.get("description") or ""
    return Field(name, _kind(schema), _named(schema), bool(says.get("required")), _marked(words))


def _marked(words: str) -> Markup:
    """What stands between back quotes is code."""
    code = Markup("<code>{}</code>")
    return Markup().join(code.format(part) if n % 2 else part for n, part in enumerate(words.split("`")))


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
