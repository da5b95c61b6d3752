"""Words as they are searched for: without capitals nor accents."""

import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "’": "'"})


def fold(text: str) -> str:
    """Lower case, accents removed, ligatures opened, runs of spaces made one.

    Both sides of a search go through here: what is stored and what is typed. ``fold`` of two texts joined by a space
    is the two folded texts joined by a space.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    decomposed = unicodedata.normalize("NFKD", text.casefold()).casefold().translate(_LIGATURES)
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(bare.split())
