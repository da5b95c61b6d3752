"""Days in words."""

from datetime import date

from babel.dates import format_date


def date_long(day: date, locale: str) -> str:
    """« 12 mars 2026 », « 1er mars 2026 »."""
    text: str = format_date(day, "d MMMM y", locale=locale)
    return text.replace("1 ", "1er ", 1) if locale == "fr" and day.day == 1 else text
