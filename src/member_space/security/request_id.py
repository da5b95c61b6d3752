"""One identifier a request: on the answer, in every log line and in the journal."""

import re
import uuid

from pyramid.request import Request

SHAPE = re.compile(r"[A-Za-z0-9-]{8,64}")


def request_id(request: Request) -> str:
    """The one that our own proxy gave, or a new one: a visitor does not write in our logs."""
    given = request.headers.get("X-Request-ID", "")
    trusted = request.registry.member_space.trusted_proxies
    return given if trusted and SHAPE.fullmatch(given) else uuid.uuid4().hex
