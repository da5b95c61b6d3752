"""Ages, and birth dates as NOEMIE writes them."""

import re
from dataclasses import dataclass
from datetime import date

UNKNOWN = "000000"

_RAW = re.compile(r"[0-9]{6}", re.ASCII)


def age_on(birth: date, day: date) -> int:
    """Whole years on ``day``; someone born on 29 February has his birthday on 1 March in common years.

    Raises ValueError when the day is before the birth.
    """
    if day < birth:
        raise ValueError("the day is before the birth")
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def latest_birth(age: int, day: date) -> date:
    """The last birth date of who has that age on ``day``: `age_on` turned round."""
    try:
        return day.replace(year=day.year - age)
    except ValueError:  # 29 February: who was born on 1 March is a day too young
        return date(day.year - age, 2, 28)


@dataclass(frozen=True, slots=True)
class NoemieBirthDate:
    """A birth date as the funds hold it: six digits JJMMAA kept as they are, never forced into a calendar.

    Day or month may be 00 or out of range (« lunar » dates of people born abroad), the year has no century,
    and ``000000`` says that it is unknown. Source: NOEMIE entity 120, positions 6–11.
    """

    raw: str

    def __post_init__(self) -> None:
        if not _RAW.fullmatch(self.raw):
            raise ValueError("a NOEMIE birth date is six digits")

    @classmethod
    def from_date(cls, birth: date) -> "NoemieBirthDate":
        """The form a fund is expected to hold for a date of the calendar."""
        return cls(f"{birth:%d%m}{birth.year % 100:02d}")

    @property
    def is_known(self) -> bool:
        """False for ``000000``, which matches anybody and so identifies nobody."""
        return self.raw != UNKNOWN
