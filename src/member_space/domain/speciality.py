"""The specialities that a member looks for, and how each source and each member says them.

The table is ``reference/specialities.csv``: a code of ours, the label on screen, the codes of the RPPS (profession of
TRE_G15, alone or with a savoir-faire of TRE_R38), the labels of the Annuaire santé of Ameli, and what members type.
Labels group what codes keep apart: general practice alone has three codes in each source.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from member_space.domain.geo import Planar, Point, planar
from member_space.domain.text import fold, slips, slips_allowed

COLUMNS = ("code", "plane", "label", "heading", "kind", "rpps", "ameli", "synonyms", "care")
LONGEST = 80
"""Characters of what is looked for; nobody types more."""
_WORD = re.compile(r"[^\W_]+")
_FILLER = re.compile(r"(?:un|une|le|la|les|l|de|d|du|des|mon|ma|mes|pour|chez|bon|bonne|cabinet|docteur|dr|je|cherche)")
_FEMININE = (("ienne", "ien"), ("iere", "ier"), ("trice", "teur"))


@dataclass(frozen=True, slots=True)
class Speciality:
    """``structure``: a shop or a laboratory, known by its own name and not by those who work there.

    ``plane``: its number on the plane of the nearest (`domain.geo`); never given to another, as places are stored with
    it. ``care``: what « combien me restera-t-il ? » opens (reference/simulated_cares.csv), empty where nothing fits.
    """

    code: str
    plane: int
    label: str
    heading: str
    structure: bool
    rpps: tuple[str, ...]
    ameli: tuple[str, ...]
    synonyms: tuple[str, ...]
    care: str

    def planar(self, point: Point) -> Planar:
        """Where a practice of this speciality lies, or a search for one starts."""
        return planar(point, self.plane)


def key_of(text: str) -> str:
    """The one form in which two spellings meet: accents, plural, feminine and small words apart."""
    words = _WORD.findall(fold(text))
    return " ".join(_stem(word) for word in [word for word in words if not _FILLER.fullmatch(word)] or words)


def _stem(word: str) -> str:
    word = word[:-1] if len(word) > 3 and word.endswith("s") else word
    for feminine, masculine in _FEMININE:
        if word.endswith(feminine):
            return word.removesuffix(feminine) + masculine
    return word


@dataclass(slots=True)
class Specialities:
    """All of them, in the order of the table, which is that of a list on screen."""

    by_code: dict[str, Speciality]
    _by_rpps: dict[str, Speciality] = field(default_factory=dict)
    _by_label: dict[str, Speciality] = field(default_factory=dict)
    _by_key: dict[str, list[Speciality]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for one in self.by_code.values():
            self._by_rpps |= dict.fromkeys(one.rpps, one)
            self._by_label |= dict.fromkeys(map(key_of, (one.label, *one.ameli)), one)
            for key in dict.fromkeys(map(key_of, (one.label, one.heading, *one.ameli, *one.synonyms))):
                self._by_key[key].append(one)

    def __iter__(self) -> Iterator[Speciality]:
        return iter(self.by_code.values())

    def of_rpps(self, profession: str, skill: str, skill_label: str = "") -> Speciality | None:
        """Of the codes of a profession and of a savoir-faire; the latter's label tells where its code is not known."""
        if not skill:
            return self._by_rpps.get(profession)
        named = self.of_label(skill_label)
        if named and profession not in {code.partition(":")[0] for code in named.rpps}:
            named = None
        return self._by_rpps.get(f"{profession}:{skill}") or named or self._by_rpps.get(profession)

    def of_label(self, label: str) -> Speciality | None:
        """Of a label of Ameli, however it is written."""
        return self._by_label.get(key_of(label))

    def find(self, typed: str) -> list[Speciality]:
        """What a member may mean, the likeliest first; none when nothing is near.

        One when it is said exactly (« kiné », « Ophtalmologiste »), several when the word is of several (« psy »), else
        what begins so, what is among the words, and then slips of the finger.
        """
        key = key_of(typed) if len(typed) <= LONGEST else ""
        if not 0 < len(key) <= LONGEST:  # one character may be folded into four words, each then compared with all
            return []
        words = key.split()
        return (
            list(self._by_key.get(key, ()))
            or self._all(known for known in self._by_key if len(key) > 1 and known.startswith(key))
            or self._all(sorted((k for k in self._by_key if set(k.split()) <= set(words)), key=len, reverse=True))
            or self._all(self._slips(key))
            or self._all(known for word in words if len(words) > 1 for known in self._slips(word))
        )

    def _all(self, keys: Iterable[str]) -> list[Speciality]:
        found = {one.code: one for key in keys for one in self._by_key[key]}
        return list(found.values())

    def _slips(self, key: str) -> list[str]:
        """The known keys that a slip or two make of this one, the nearest first; short words admit fewer."""
        most = slips_allowed(key)
        near = {known: slips(key, known, most) for known in self._by_key} if most else {}
        return sorted((known for known, count in near.items() if count <= most), key=lambda known: near[known])


def read_specialities(lines: Iterable[str]) -> Specialities:
    """The table of the product. Raises ValueError when it is another one, or gives a code or a plane twice."""
    rows = list(csv.reader(lines, delimiter=";", strict=True))
    if not rows or tuple(rows[0]) != COLUMNS:
        raise ValueError(f"the columns of the specialities are {', '.join(COLUMNS)}")
    found = {}
    for code, plane, label, heading, kind, rpps, ameli, synonyms, care in rows[1:]:
        found[code] = Speciality(
            code,
            int(plane),
            label,
            heading,
            kind == "structure",
            tuple(rpps.split()),
            tuple(filter(None, ameli.split("|"))),
            tuple(filter(None, synonyms.split("|"))),
            care,
        )
    if len(found) != len(rows) - 1 or len({one.plane for one in found.values()}) != len(found):
        raise ValueError("a speciality has its own code and its own plane")
    return Specialities(found)
