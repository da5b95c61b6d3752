"""French communes and their postcodes: what a postcode and the name of a town say of each other (C153).

The table is ``reference/communes.csv``: all communes of France with their postcodes, and after them the parts that
people still write in an address, each ``within`` its commune: the arrondissements of Paris, Lyon and Marseille, and the
communes that became a part of another. ``docs/communes.md`` tells the source, its licence and how the file is made.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import NamedTuple

from member_space.domain.geo import Point
from member_space.domain.text import fold

_WORD = re.compile(r"[^\W_]+")
_ON = re.compile(r"\bs/")
_ORDINAL = re.compile(r"0*([1-9][0-9]?)(?:er|e|eme|nd)?", re.ASCII)
_WRITTEN_OUT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_ARTICLES = ("le", "la", "les", "l")
_SILENT = {"arrondissement", "arr", "arrdt"}
DISTRICT = re.compile(r" ([0-9]+e?r?) Arrondissement$")
"""What ends the name of an arrondissement of Paris, Lyon or Marseille."""
_LIKE = 0.6
"""How much alike two names are, at least, for one to be a slip for the other."""
FEW = 3
"""Corrections of one kind, at most; a commune of more postcodes has none to be sent to."""
COLUMNS = ("insee", "name", "postcodes", "population", "within", "latitude", "longitude")


def words_of(town: str) -> list[str]:
    """The words of a town's name in the one form in which two spellings meet."""
    words = [_WRITTEN_OUT.get(word, word) for word in _WORD.findall(_ON.sub("sur ", fold(town))) if word not in _SILENT]
    while len(words) > 1 and words[0] in _ARTICLES:
        del words[0]
    return [found[1] if (found := _ORDINAL.fullmatch(word)) else word for word in words]


def town_key(town: str) -> str:
    """The same for « St Étienne », « SAINT-ETIENNE » and « Saint Etienne »; « Le Mans » and « Mans »; « Paris 11e ».

    Empty for a text without letters nor figures.
    """
    return "".join(words_of(town))


@dataclass(frozen=True, slots=True)
class Commune:
    """``within``: the INSEE code of the commune that it is a part of, empty for a commune.

    ``point``: where its town hall is, or None where no source tells; `Communes.locate` then finds the nearest known.
    """

    insee: str
    name: str
    postcodes: tuple[str, ...]
    population: int
    within: str
    point: Point | None


class Located(NamedTuple):
    """``exact``: of the commune itself, not of one beside it."""

    point: Point
    exact: bool


class Place(NamedTuple):
    """The two words of an address that go together."""

    postcode: str
    town: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A postcode and a town that do not go together, as far as is known.

    ``towns``: those of the postcode, the likeliest first; none when no commune has it. ``corrections``: what may have
    been meant, a few at most.
    """

    typed: Place
    towns: list[str]
    corrections: list[Place]


class Communes:
    """All of them, by postcode and by name."""

    def __init__(self, communes: Iterable[Commune]) -> None:
        self._by_postcode: dict[str, list[Commune]] = defaultdict(list)
        # Whoever lives in a large town is the likelier reader.
        for commune in sorted(communes, key=lambda one: -one.population):
            for postcode in commune.postcodes:
                self._by_postcode[postcode].append(commune)

    @cached_property
    def by_words(self) -> dict[str, list[Commune]]:
        """By the words of their names, the largest first. A fifth of a second, so only where a town is looked for."""
        found: dict[str, list[Commune]] = defaultdict(list)
        for one in sorted(self, key=lambda one: -one.population):
            found[" ".join(words_of(one.name))].append(one)
        return found

    @cached_property
    def _by_key(self) -> dict[str, list[Commune]]:
        found: dict[str, list[Commune]] = defaultdict(list)
        for words, communes in self.by_words.items():
            found[words.replace(" ", "")] += communes
        for communes in found.values():
            communes.sort(key=lambda one: -one.population)
        return found

    @cached_property
    def _by_code(self) -> dict[tuple[str, bool], Commune]:
        return {(one.insee, bool(one.within)): one for several in self._by_postcode.values() for one in several}

    @cached_property
    def _by_region(self) -> dict[str, Point]:
        """The largest commune of each département."""
        found: dict[str, Point] = {}
        for one in sorted(self._by_code.values(), key=lambda one: -one.population):
            if one.point:
                found.setdefault(_region(one.postcodes[0]), one.point)
        return found

    def __iter__(self) -> Iterator[Commune]:
        return iter(self._by_code.values())

    def of(self, postcode: str) -> list[Commune]:
        """The communes of a postcode and their parts, the largest first."""
        return list(self._by_postcode.get(postcode, ()))

    def named(self, town: str) -> list[Commune]:
        """The communes and parts of that name, however it is spelt, the largest first."""
        return list(self._by_key.get(town_key(town), ()))

    def get(self, insee: str, *, part: bool = False) -> Commune | None:
        """The commune of this code, else the part; the other way round for a `part`: many have the same code."""
        return self._by_code.get((insee, part)) or self._by_code.get((insee, not part))

    def closer(self, commune: Commune, postcode: str) -> Commune:
        """The arrondissement of Paris, Lyon or Marseille that a postcode is of, for those cities; else the commune."""
        if len(commune.postcodes) <= FEW or commune.within:
            return commune
        parts = [one for one in self.of(postcode) if one.within == commune.insee and DISTRICT.search(one.name)]
        return parts[0] if parts else commune

    def locate(self, insee: str, postcode: str) -> Located | None:
        """Where the town of an address is, as near as the table knows.

        That of its commune, or of the commune that it is a part of; else, not exact, of the largest commune with the
        postcode, or the largest of the département. None when nothing of them is known.
        """
        one = self.get(insee)
        for commune in (one, self.get(one.within) if one else None):
            if commune and commune.point:
                return Located(commune.point, exact=True)
        known = next((commune.point for commune in self._by_postcode.get(postcode, ()) if commune.point), None)
        point = known or self._by_region.get(_region(postcode or insee))
        return Located(point, exact=False) if point else None

    def towns(self, postcode: str) -> list[str]:
        """The communes of a postcode, the largest first; none for what is no postcode."""
        return [one.name for one in self._by_postcode.get(postcode, ()) if not one.within]

    def doubt(self, postcode: str, town: str) -> Doubt | None:
        """Why these two may be wrong; None when they go together, or nothing is known of either.

        CEDEX is a way of delivery, whose codes are of no commune: taken as it is.
        """
        key, here = town_key(town), self._by_postcode.get(postcode, ())
        if "cedex" in words_of(town) or any(town_key(one.name) == key for one in here):
            return None
        elsewhere = self._by_key.get(key, [])
        if not here and not elsewhere:
            return None
        likeness = {name: _likeness(key, name) for name in self.towns(postcode)}
        towns = sorted(likeness, key=lambda name: -likeness[name])
        meant = towns if len(towns) <= FEW else [name for name in towns[:1] if likeness[name]]
        corrections = [*(Place(postcode, name) for name in meant), *_near(postcode, elsewhere)]
        return Doubt(Place(postcode, town), towns, corrections)


def _likeness(key: str, name: str) -> float:
    """0 below what can be a slip: the order is then that of the towns."""
    ratio = SequenceMatcher(None, key, town_key(name)).ratio()
    return ratio if ratio >= _LIKE else 0


def _region(postcode: str) -> str:
    """What a postcode begins with: the département, overseas by three figures."""
    return postcode[: 3 if postcode.startswith(("97", "98")) else 2]


def _near(postcode: str, communes: list[Commune]) -> list[Place]:
    """Where a town is, when that can be told: in the département that was typed, else where one alone has the name."""
    near = [one for one in communes if any(_region(code) == _region(postcode) for code in one.postcodes)]
    chosen = near or (communes if len(communes) == 1 else [])
    places = [Place(code, one.name) for one in chosen if len(one.postcodes) <= FEW for code in one.postcodes]
    return places[:FEW]


def read_communes(lines: Iterable[str]) -> Iterator[Commune]:
    """The table, a line at a time. A part without a postcode has those of its commune, which is before it."""
    rows = csv.reader(lines, delimiter=";", strict=True)
    if tuple(next(rows, ())) != COLUMNS:
        raise ValueError(f"the columns of the communes are {', '.join(COLUMNS)}")
    postcodes: dict[str, tuple[str, ...]] = {}
    for insee, name, codes, population, within, latitude, longitude in rows:
        own = tuple(codes.split()) or postcodes.get(within, ())
        if not within:
            postcodes[insee] = own
        point = Point(float(latitude), float(longitude)) if latitude else None
        yield Commune(insee, name, own, int(population or 0), within, point)
