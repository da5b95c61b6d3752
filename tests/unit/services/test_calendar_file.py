"""A calendar file is what RFC 5545 says: lines, folds, escapes."""

import re
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from member_space.services.calendar_file import Day, to_calendar
from member_space.services.content_lines import LONGEST

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def unfolded(content: bytes) -> list[str]:
    """The lines of a calendar, as a program reads them."""
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    for line in content.split(b"\r\n"):
        assert len(line) <= LONGEST
        line.decode()
    return content.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


def unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text)


def test_a_day_is_an_event_of_the_whole_day():
    day = Day("lunettes-3@mutuelle", date(2028, 3, 12), "Lunettes : nouveau droit, Inès;\nau plus")
    assert unfolded(to_calendar("Mes forfaits", "Mutuelle, Horizon", [day], AT)) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Mutuelle\\, Horizon//FR",
        "X-WR-CALNAME:Mes forfaits",
        "BEGIN:VEVENT",
        "UID:lunettes-3@mutuelle",
        "DTSTAMP:20261120T093000Z",
        "DTSTART;VALUE=DATE:20280312",
        "SUMMARY:Lunettes : nouveau droit\\, Inès\\;\\nau plus",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_a_calendar_without_a_day_is_still_one():
    assert unfolded(to_calendar("Rien", "Mutuelle", [], AT))[-1] == "END:VCALENDAR"


@given(st.text(max_size=300))
def test_any_text_comes_back_whole_but_for_what_no_line_may_hold(text):
    summary = next(
        line.removeprefix("SUMMARY:")
        for line in unfolded(to_calendar("N", "P", [Day("u", date(2026, 1, 1), text)], AT))
        if line.startswith("SUMMARY:")
    )
    kept = "".join(char for char in text if char.isprintable() or char in "\n\u00a0\u202f")
    assert unescaped(summary) == kept
