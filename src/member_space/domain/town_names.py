"""Towns that a text may mean when it is no town's name: what begins so, what begins it, and slips of the finger."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable

from member_space.domain.commune import DISTRICT, Commune, Communes
from member_space.domain.text import slips, slips_allowed

_BEGINS = 3
"""Letters at least of a name that is not ended."""
_LAST = "\U0010ffff"
"""After whatever a name can go on with."""


class TownNames:
    """The names of communes and of their parts, but for arrondissements; the largest is always first."""

    def __init__(self, communes: Communes) -> None:
        self._by_words = {
            words: found
            for words, several in communes.by_words.items()
            if (found := [one for one in several if not DISTRICT.search(one.name)])
        }
        self._words = sorted(self._by_words)
        self._keys = sorted((words.replace(" ", ""), words) for words in self._words)
        # Words of one length whose letters differ by little are few: the others are not looked at.
        self._by_length: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
        for key, words in self._keys:
            self._by_length[len(key)].append((_letters(key), key, words))

    def longer(self, words: list[str]) -> list[Commune]:
        """Whose name begins with these whole words and goes on: « Clermont » → Clermont-Ferrand."""
        begun = " ".join(words) + " "
        first, last = bisect_left(self._words, begun), bisect_left(self._words, begun + _LAST)
        return self._largest(self._words[first:last])

    def begun(self, key: str) -> list[Commune]:
        """Whose name begins with these letters."""
        if len(key) < _BEGINS:
            return []
        first, last = bisect_left(self._keys, (key,)), bisect_left(self._keys, (key + _LAST,))
        return self._largest(words for _key, words in self._keys[first:last])

    def leading(self, words: list[str]) -> list[Commune]:
        """Whose name the text begins with, the longest one: « Cergy Pontoise » → Cergy."""
        for count in range(len(words) - 1, 0, -1):
            if found := self._by_words.get(" ".join(words[:count])):
                return list(found)
        return []

    def near(self, key: str) -> list[Commune]:
        """Whose name is a slip away, else two where the name is long enough."""
        letters = _letters(key)
        for most in range(1, slips_allowed(key) + 1):
            found = [
                words
                for length in range(len(key) - most, len(key) + most + 1)
                for known_letters, known, words in self._by_length.get(length, ())
                # A slip changes two letters of the set at most.
                if (letters ^ known_letters).bit_count() <= 2 * most and slips(key, known, most) <= most
            ]
            if found:
                return self._largest(found)
        return []

    def _largest(self, names: Iterable[str]) -> list[Commune]:
        return sorted((one for words in names for one in self._by_words[words]), key=lambda one: -one.population)


def _letters(key: str) -> int:
    """The set of the letters and figures of a word, a bit each."""
    bits = 0
    for letter in key:
        bits |= 1 << (ord(letter) & 63)
    return bits
