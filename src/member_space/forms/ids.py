"""Ids and numbers that an address or a form carries; what is none is None."""

from collections.abc import Mapping
from uuid import UUID

LARGEST = 18
"""Digits of the number of a row."""


def uuid_in(given: Mapping[str, str], name: str) -> UUID | None:
    """An id."""
    return uuid_from(given.get(name, ""))


def uuid_from(text: str) -> UUID | None:
    """As `uuid_in`, of a text that was read already."""
    try:
        return UUID(text)
    except ValueError:
        return None


def number_in(given: Mapping[str, str], name: str, digits: int = LARGEST) -> int | None:
    """A number, of so many digits at most."""
    return number_from(given.get(name, ""), digits)


def number_from(text: str, digits: int = LARGEST) -> int | None:
    """As `number_in`, of a text that is a part of what was given."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None
