"""What the FHIR façade answers when it cannot: an OperationOutcome, in place of the problems of the rest of the API.

https://hl7.org/fhir/R4/operationoutcome.html
"""

import json

from pyramid.request import Request
from pyramid.response import Response

FHIR = "/api/fhir/"
FHIR_JSON = "application/fhir+json"
_CODES = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    413: "too-long",
    415: "not-supported",
    422: "invalid",
    429: "throttled",
    503: "transient",
}
"""By status, the code of its issue (https://hl7.org/fhir/R4/valueset-issue-type.html); any other is `exception`."""


class RefusedSearch(ValueError):  # noqa: N818 - named after the event
    """A parameter that this façade does not search by (``unknown``), or a value that does not do; its name alone."""

    def __init__(self, name: str, *, unknown: bool = False) -> None:
        super().__init__(name[:60])
        self.unknown = unknown


def is_fhir(request: Request) -> bool:
    """Whether this address is one of the façade's, be it one that it does not have."""
    return str(request.environ.get("PATH_INFO", "")).startswith(FHIR)


def outcome_of(request: Request, status: int, code: str | None = None, told: str = "") -> Response:
    """The outcome of this status; asks nothing of the database. ``told``: what does not do."""
    issue = {
        "severity": "error",
        "code": code or _CODES.get(status, "exception"),
        "diagnostics": f"{told} ({request.id})".strip(),
    }
    body = json.dumps({"resourceType": "OperationOutcome", "issue": [issue]}, ensure_ascii=False)
    return Response(body, status=status, content_type=FHIR_JSON, charset="utf-8")
