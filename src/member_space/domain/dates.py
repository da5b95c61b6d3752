"""How a day is written in figures, wherever it is shown: in pages, files and letters."""

from datetime import date


def date_short(day: date) -> str:
    """« 12/03/2026 », in French and in English alike."""
    return f"{day:%d/%m/%Y}"
