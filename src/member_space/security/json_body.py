"""The body of a question to the API: JSON that every floor below can hold, refused at the door otherwise."""

import json
import math
from typing import Any, NoReturn

from pyramid.httpexceptions import HTTPBadRequest, HTTPRequestEntityTooLarge, HTTPUnsupportedMediaType
from pyramid.request import Request

JSON = "application/json"
UTF8 = ("utf-8", "utf8")
"""JSON has no other encoding (RFC 8259, 8.1): one that is named is how the next floor would read what was checked here
as UTF-8."""
DEPTH_MAX = 32


def check_json(request: Request, length_max: int) -> None:
    """Raise a 4xx for another kind of body or encoding, one too long or of unknown length, text that is not UTF-8 or
    holds NUL or half a character, a number that is none, a name given twice, or what is nested without end."""
    length = request.content_length
    if length == 0:
        return
    if request.content_type != JSON or request.charset.lower() not in UTF8:
        raise HTTPUnsupportedMediaType
    if length is None:
        raise HTTPBadRequest
    if length > length_max:
        raise HTTPRequestEntityTooLarge
    try:
        _check(json.loads(request.body.decode(), parse_constant=_no_number, object_pairs_hook=_named))
    except (ValueError, RecursionError):
        raise HTTPBadRequest from None


def _check(whole: Any) -> None:
    """ValueError for what cannot be kept; level by level, so that no depth exhausts the stack."""
    level, depth = [whole], 0
    while level:
        depth += 1
        if depth > DEPTH_MAX:
            raise ValueError("nested too deep")
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below += [*value, *value.values()]
            elif isinstance(value, list):
                below += value
            elif isinstance(value, str):
                # Half a character (a lone surrogate) cannot be encoded: UnicodeEncodeError is a ValueError.
                if b"\0" in value.encode():
                    raise ValueError("NUL")
            elif isinstance(value, float) and not math.isfinite(value):
                raise ValueError("not a number")
        level = below


def _named(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """ValueError for a name given twice: what was checked by one reader might be the other value for the next."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name given twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)
