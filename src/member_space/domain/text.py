"""Words as they are searched for: without capitals nor accents, and for a slip of the finger."""

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


def slips_allowed(word: str) -> int:
    """How many slips may part a word from the one meant: short words admit fewer."""
    return 0 if len(word) < 4 else 1 if len(word) < 7 else 2


def slips(one: str, other: str, most: int) -> int:
    """Letters added, left out, changed or swapped with the next between two words; `most` + 1 stands for more."""
    size, far = len(other), most + 1
    if abs(len(one) - size) > most:
        return far
    before: list[int] = []
    row = list(range(size + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [min(i, far), *[far] * size]
        for j in range(max(1, i - most), min(size, i + most) + 1):  # further from the diagonal is more slips
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other[j - 1]))
            if i > 1 < j and letter == other[j - 2] and one[i - 2] == other[j - 1]:
                cost = min(cost, last[j - 2] + 1)
            row[j] = cost
        if min(row) > most:
            return far
    return min(row[-1], far)
