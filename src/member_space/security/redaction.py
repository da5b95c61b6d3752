"""The last line before a log: whatever is shaped like a secret of the trade is struck out."""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

STRUCK = "[redacted]"
_GAP = r"[ \u00a0\u202f.\-]?"
NIR = re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{5}}{_GAP}[\dABab](?:{_GAP}\d){{6}}(?:{_GAP}\d{_GAP}\d)?(?!\d)")
"""13 characters, or 15 with the key, in one piece or in groups; A or B at the seventh for Corsica."""
IBAN = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Z]{2}|fr)\d{2}(?:[ \u00a0]?[A-Z0-9]{4}){3,7}(?:[ \u00a0]?[A-Z0-9]{1,3})?(?![\w])"
)
PAIR = re.compile(
    r"\b([\w-]*(?:token|password|secret|cookie|authorization|csrf)|code|nir|iban)"
    r"(['\"]?\s*[=:]\s*['\"]?)(?:Bearer\s+)?[^\s'\"&;,)]+",
    re.IGNORECASE,
)
TOKEN = re.compile(r"(?<![\w-])(?![a-z_]{43})[A-Za-z0-9_-]{43}(?![\w-])")
"""`secrets.token_urlsafe(32)`, as every token of ours, wherever it stands: a name of that length has no capital."""
CODE = re.compile(r"\b(codes?(?:\s+(?:est|is|was))?\s+)\d{6}(?!\d)", re.IGNORECASE)
"""The six digits that are sent to somebody, behind the word that says so; alone they are any number."""
ROW = re.compile(r"(DETAIL|CONTEXT):.*?(?=\n(?:DETAIL|CONTEXT|HINT|\[SQL)|\n\n|\Z)", re.DOTALL)
"""PostgreSQL quotes the row that it refuses; our parameters are hidden already (`hide_parameters`)."""
HARMLESS = re.compile(r"[^\d=:]{0,42}|\d{1,12}")
"""None of these shapes: words too short for a token, without a digit or a sign before a value, or a number too short
for a NIR. Most of a line is, and is searched once instead of six times."""
KEYS = {"token", "password", "secret", "cookie", "cookies", "authorization", "csrf", "nir", "iban", "otp"}
EXEMPT = {"request_id", "timestamp"}
"""Made by us alone; a random identifier may well hold thirteen digits in a row."""


def redact_text(text: str) -> str:
    """The same text without NIR, IBAN, tokens, codes, nor rows quoted by the database."""
    if HARMLESS.fullmatch(text):
        return text
    text = ROW.sub(rf"\1: {STRUCK}", text)
    # The widest shape first: each would leave a piece of the one before.
    text = TOKEN.sub(STRUCK, NIR.sub(STRUCK, IBAN.sub(STRUCK, text)))
    return CODE.sub(rf"\1{STRUCK}", PAIR.sub(rf"\1\2{STRUCK}", text))


def redact(value: Any) -> Any:
    """The same value, of the same shape, struck out wherever it needs it."""
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    if isinstance(value, Mapping):
        return {key: item if key in EXEMPT else _redact_item(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(item) for item in value]
    if value is None or isinstance(value, bool | float):
        return value
    struck = redact_text(str(value))
    return value if struck == str(value) else struck


def _redact_item(key: str, value: Any) -> Any:
    if key == "code" or KEYS.intersection(key.lower().split("_")):
        return STRUCK
    return redact(value)


def redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """structlog's processor."""
    result: dict[str, Any] = redact(event)
    return result
