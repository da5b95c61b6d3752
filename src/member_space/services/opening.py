"""The advisers' opening hours, read from the setting `brand.opening_hours`."""

import re
from datetime import time

import holidays

from member_space.domain.opening_hours import OpeningHours
from member_space.settings.reader import SettingError

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_PART = re.compile(
    r"(?P<first>[A-Z][a-z]{2})(?:-(?P<last>[A-Z][a-z]{2}))?\s+"
    r"(?P<opening>[0-2][0-9]:[0-5][0-9])-(?P<closing>[0-2][0-9]:[0-5][0-9])",
    re.ASCII,
)


def read_opening_hours(setting: str) -> OpeningHours:
    """`Mon-Fri 08:30-18:00, Sat 09:00-12:00` on the clocks of Paris, closed on the holidays of metropolitan France.

    Raises SettingError for what is not written so, a day given twice, or a closing that is not after its opening.
    """
    week: dict[int, tuple[time, time]] = {}
    for part in setting.split(","):
        for day, hours in _read_part(part.strip()).items():
            if day in week:
                raise _refusal(f"{DAYS[day]} is given twice")
            week[day] = hours
    calendar = holidays.country_holidays("FR")
    return OpeningHours(week, calendar.__contains__)


def _read_part(part: str) -> dict[int, tuple[time, time]]:
    found = _PART.fullmatch(part)
    if found is None:
        raise _refusal(f"{part!r} is not like 'Mon-Fri 08:30-18:00'")
    names = (found["first"], found["last"] or found["first"])
    unknown = next((name for name in names if name not in DAYS), None)
    if unknown:
        raise _refusal(f"{unknown!r} is none of {', '.join(DAYS)}")
    first, last = (DAYS.index(name) for name in names)
    try:
        opening, closing = time.fromisoformat(found["opening"]), time.fromisoformat(found["closing"])
    except ValueError:
        raise _refusal(f"{part!r} has an hour above 23:59") from None
    if last < first or closing <= opening:
        raise _refusal(f"{part!r} ends before it starts")
    return dict.fromkeys(range(first, last + 1), (opening, closing))


def _refusal(reason: str) -> SettingError:
    return SettingError(f"setting 'brand.opening_hours': {reason}")
