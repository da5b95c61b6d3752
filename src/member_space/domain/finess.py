"""The number of an establishment in the FINESS directory: nine characters, the last one a Luhn key.

The first two are the department: 2A and 2B in Corsica, whose letters are read as 1 and 2 for the key. No text says so;
the five numbers of the island in the order of 4 March 2015 (NOR AFSH1506177A, annex: 2A0000154, 2B0004246…) have a
right key with these two digits and with no others.
"""

import re

_SHAPE = re.compile(r"(?:[0-9]{2}|2[AB])[0-9]{7}", re.ASCII)
_SEPARATORS = re.compile(r"[\s.\-]")


def read_finess(text: str) -> str | None:
    """The nine characters of what somebody typed, None when they are not a number of the directory."""
    number = _SEPARATORS.sub("", text).upper()
    if not _SHAPE.fullmatch(number):
        return None
    return number if _luhn(number.replace("A", "1").replace("B", "2")) % 10 == 0 else None


def _luhn(digits: str) -> int:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value if value < 10 else value - 9 for value in doubled)
