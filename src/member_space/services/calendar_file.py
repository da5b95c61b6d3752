"""A calendar of whole days as a file that every calendar program takes (iCalendar, RFC 5545).

Only what days need: no hours, no time zone, no repetition.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

NO_BREAK = "\u00a0\u202f"
LONGEST = 75
"""Octets of a line (RFC 5545, 3.1); the rest goes on the next one, after a space."""
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True)
class Day:
    """Something of a day. ``uid``: the same each time the file is made, so that it replaces what was imported."""

    uid: str
    on: date
    summary: str


def to_calendar(name: str, product: str, days: Iterable[Day], made_at: datetime) -> bytes:
    """The file; its days neither busy nor free their owner's time."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//{_text(product)}//FR", f"X-WR-CALNAME:{_text(name)}"]
    for day in days:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_text(day.uid)}",
            f"DTSTAMP:{made_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{day.on:%Y%m%d}",
            f"SUMMARY:{_text(day.summary)}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return b"".join(part + b"\r\n" for line in lines for part in _folded(line.encode()))


def _text(value: str) -> str:
    """A text without what no line may hold; no-break spaces are spaces, which Python does not call printable."""
    return "".join(char for char in value.translate(_ESCAPED) if char.isprintable() or char in NO_BREAK)


def _folded(line: bytes) -> Iterator[bytes]:
    """A line cut at most 75 octets apart, never inside a character of several octets."""
    start, room = 0, LONGEST
    while len(line) - start > room:
        end = start + room
        while line[end] & 0xC0 == 0x80:
            end -= 1
        yield (b" " if start else b"") + line[start:end]
        start, room = end, LONGEST - 1
    yield (b" " if start else b"") + line[start:]
