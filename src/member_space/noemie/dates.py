"""Dates of the exchanges: two-digit years without a century, zeros for absent.

A birth date is none of them: its six characters are the identity of a person, kept as they are (docs/noemie.md).
"""

from datetime import date
from functools import lru_cache


@lru_cache(maxsize=4096)
def contract_date(text: str) -> date | None:
    """AAAAMMJJ; None for zeros, blanks and what is no date (the raw text stays with the record)."""
    if len(text) != 8:
        return None
    return _date(text[:4], text[4:6], text[6:])


def creation_date(text: str) -> date | None:
    """JJMMAA of a header, always of this century; None when it is no date.

    The order is JJMMAA and not AAMMJJ: the only real file seen agrees with the contract dates it carries that way.
    """
    return _date("20" + text[4:6], text[2:4], text[:2]) if len(text) == 6 else None


def _date(year: str, month: str, day: str) -> date | None:
    if not (year.isdecimal() and month.isdecimal() and day.isdecimal()):
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
