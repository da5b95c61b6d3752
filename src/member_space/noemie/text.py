"""Plain text of the exchanges: upper case, no accents (every sample seen is written so)."""

import unicodedata

# Letters that Unicode does not decompose into a base letter and an accent, and typographic signs of French names.
_REPLACED = str.maketrans(
    {"Œ": "OE", "Æ": "AE", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH", "’": "'", "‘": "'"}
    | dict.fromkeys("‐‑‒–—", "-")
    | dict.fromkeys("\u00a0\u202f", " ")
)


def plain(text: str) -> str:
    """``"Lefèvre-Œuf"`` → ``"LEFEVRE-OEUF"``; characters without an equivalent are left for the zone to refuse."""
    if text.isascii():
        return text.upper()
    decomposed = unicodedata.normalize("NFD", text.upper().translate(_REPLACED))
    return "".join(c for c in decomposed if not unicodedata.combining(c))
