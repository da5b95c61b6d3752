"""What somebody may ask about a place of the directory (RGPD, articles 16 and 21)."""

from enum import StrEnum


class Wish(StrEnum):
    """A reader saw an error; the practitioner asks to be corrected, or not to be shown any more."""

    ERROR = "error"
    CORRECT = "correct"
    HIDE = "hide"
