"""Whether the name on a bank account is somebody's: as banks print it, as people type it (C154)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from member_space.domain.text import fold

_CIVILITIES = frozenset(("m", "mr", "mme", "mlle", "mrs", "ms", "dr", "docteur", "monsieur", "madame", "mademoiselle"))
_JOINT = frozenset(["ou", "et", "and", "or"])
_OTHER = frozenset(["nee", "ne", "epouse", "ep"])
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody's names; `last_names` are those in use: the name, and the birth name where there is another."""

    first_name: str
    last_names: tuple[str, ...]


def names_somebody(holder: str, people: Iterable[Named]) -> bool:
    """Whether the holder of an account is one of these people, alone or with somebody else.

    Capitals, accents, hyphens, apostrophes and the order of the words say nothing. A last name goes with a first name
    or its initial (« DURAND C »), or stands for both of a joint account (« M ou Mme DURAND »).
    """
    words = _words(holder)
    joint = len([word for word in words if word in _CIVILITIES]) > 1 or bool(_JOINT & set(words))
    given = [word for word in words if word not in _CIVILITIES | _JOINT | _OTHER]
    return any(_is(person, given, joint=joint) for person in people)


def _is(person: Named, given: list[str], *, joint: bool) -> bool:
    for name in person.last_names:
        left = _without(given, _words(name))
        if left is None:
            continue
        if joint and not left:
            return True
        first = _words(person.first_name)
        if any(word in first or (len(word) == 1 and word == first[0][0]) for word in left if first):
            return True
    return False


def _without(words: list[str], name: list[str]) -> list[str] | None:
    """The words that are not the name; None when the name is not whole among them."""
    left = list(words)
    for part in name:
        if part not in left:
            return None
        left.remove(part)
    return left if name else None


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))
