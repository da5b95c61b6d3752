"""The published document of the API: read from its files, held to by every endpoint, served as JSON and as a page."""

import copy
import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema_path import SchemaPath
from openapi_core import V31ResponseValidator
from openapi_spec_validator.readers import read_from_filename
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from member_space.views.api.endpoint import mark
from member_space.views.api.problem import MEDIA_TYPE
from member_space.views.api.unmarshaller import QuestionUnmarshaller

ROOT = "document.yaml"
EVERY = "x-every-operation"
"""Of the root file: what each operation may answer besides its own."""
METHODS = ("get", "post")
PARTS_KEPT = 100_000
"""Places of the document that are found once: more than it has, so that threads never see one given up."""


@cache
def read_document() -> dict[str, Any]:
    """The whole document, its files put together: each file of a theme adds its paths and its components."""
    folder = files("member_space").joinpath("openapi")
    root, _url = read_from_filename(str(folder.joinpath(ROOT)))
    document: dict[str, Any] = copy.deepcopy(dict(root))
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name != ROOT:
            theme, _url = read_from_filename(str(file))
            for path, found in theme.get("paths", {}).items():
                _add(document["paths"].setdefault(path, {}), found, file.name)
            for kind, found in theme.get("components", {}).items():
                _add(document["components"].setdefault(kind, {}), found, file.name)
    every = document.pop(EVERY)
    for _path, method, operation in operations(document):
        operation["responses"] |= every["all"] | every[method]
    return document


def _add(known: dict[str, Any], found: Mapping[str, Any], where: str) -> None:
    """Raises ValueError for a name that another file gave already: one of the two would be lost in silence."""
    if twice := known.keys() & found.keys():
        raise ValueError(f"{where}: {', '.join(sorted(twice))} is in another file too")
    known.update(found)


def operations(document: Mapping[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """(path, method, operation) of each, in the order of the files."""
    return [
        (path, method, item[method]) for path, item in document["paths"].items() for method in METHODS if method in item
    ]


def _held_to(document: dict[str, Any]) -> dict[str, Any]:
    """What questions and answers are checked against: a HEAD as its GET, and tokens by `security.policy` alone."""
    made = copy.deepcopy(document)
    made.pop("security")
    for _path, _method, operation in operations(made):
        operation.pop("security", None)
    for item in made["paths"].values():
        if "get" in item:
            item["head"] = item["get"] | {"operationId": f"head_{item['get']['operationId']}"}
    return made


@view_config(route_name="api_document", request_method="GET", permission=NO_PERMISSION_REQUIRED)
def api_document(request: Request) -> Response:
    """The document, with this installation's own address."""
    own = read_document() | {"servers": [{"url": f"{request.application_url}/api/v1"}]}
    body = json.dumps(own, ensure_ascii=False, indent=1)
    return mark(request, Response(body, content_type="application/json", charset="utf-8"), whose="public")


@cache
def _checks() -> dict[str, Any]:
    """What questions and answers are checked with: made once a process, however many applications are built in it."""
    spec = SchemaPath.from_dict(_held_to(read_document()), resolved_cache_maxsize=PARTS_KEPT)
    deserializers: dict[str, Callable[[bytes], Any]] = {MEDIA_TYPE: json.loads}
    return {
        "spec": spec,
        "request_validator": QuestionUnmarshaller(spec),
        "response_validator": V31ResponseValidator(spec, extra_media_type_deserializers=deserializers),
    }


def includeme(config: Any) -> None:
    """Hold every view that says ``openapi=True`` to the document (pyramid_openapi3); its own directive would also
    serve the file as it stands on the disk."""
    settings = config.registry.settings
    settings["pyramid_openapi3_apinames"] = ["api"]
    settings["api"] = {"filepath": ROOT, "spec_route_name": "api_document", **_checks()}
