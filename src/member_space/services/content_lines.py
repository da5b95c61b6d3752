"""Lines of « name:value », as calendars and address books have them (RFC 5545, 3.1; RFC 6350, 3.2)."""

from collections.abc import Iterable, Iterator

NO_BREAK = "\u00a0\u202f"
LONGEST = 75
"""Octets of a line; the rest goes on the next one, after a space."""
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def text_value(value: str) -> str:
    """A text without what no line may hold; no-break spaces are spaces, which Python does not call printable."""
    return "".join(char for char in value.translate(_ESCAPED) if char.isprintable() or char in NO_BREAK)


def to_lines(lines: Iterable[str]) -> bytes:
    """The file of these lines, each folded where it is too long."""
    return b"".join(part + b"\r\n" for line in lines for part in _folded(line.encode()))


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
