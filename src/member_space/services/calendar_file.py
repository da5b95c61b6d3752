"""A calendar of whole days as a file that every calendar program takes (iCalendar, RFC 5545).

Only what days need: no hours, no time zone, no repetition.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from member_space.services.content_lines import text_value, to_lines


@dataclass(frozen=True, slots=True)
class Day:
    """Something of a day. ``uid``: the same each time the file is made, so that it replaces what was imported."""

    uid: str
    on: date
    summary: str


def to_calendar(name: str, product: str, days: Iterable[Day], made_at: datetime) -> bytes:
    """The file; its days neither busy nor free their owner's time."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{text_value(product)}//FR",
        f"X-WR-CALNAME:{text_value(name)}",
    ]
    for day in days:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{text_value(day.uid)}",
            f"DTSTAMP:{made_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{day.on:%Y%m%d}",
            f"SUMMARY:{text_value(day.summary)}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return to_lines(lines)
