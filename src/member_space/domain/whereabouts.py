"""Where a search is: the one field « Où ? », a postcode or a town or both, and the position of a telephone (C87).

Whatever is typed gives one place, or a reason with the places that may have been meant. A place is told back by its
label, so that a guess is seen: a postcode that several communes share is where the largest of them is.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import cos, hypot, radians

from member_space.domain.commune import DISTRICT, Commune, Communes, town_key, words_of
from member_space.domain.geo import Point
from member_space.domain.practitioner import department, without_delivery
from member_space.domain.text import fold, slips, slips_allowed
from member_space.domain.town_names import TownNames

LONGEST = 80
"""Characters: a postcode and the longest name of a commune, 45 letters, with room for « CEDEX »."""
CHOICES = 12
FEW = 5
"""Guesses, at most; `CHOICES` are places that bear the very name."""
LARGER = 10
"""« Clermont » is the one of the Oise; Clermont-Ferrand, so many times as large, may well be meant."""
SMALL = 500
"""Inhabitants, where fewer are known: a former commune has no count of its own."""
FURTHEST = 25.0
"""Kilometres from the nearest commune: whoever is further is at sea or abroad. Communes reach no further from their
town hall, but for the forest of Guyane."""
DEGREE = 111.2
"""Kilometres of a degree of latitude."""
_POSTCODE = re.compile(r"(?<![0-9a-z])(?:f[ -]?)?([0-9]{2} ?[0-9]{3})(?![0-9a-z])")
_CORSICAN = re.compile(r"(?<![0-9a-z])(2[ab][0-9]{3})(?![0-9a-z])")
_TOO_FEW = re.compile(r"[0-9][0-9 ]*|2[ab]")
_ROMAN = re.compile(r"(x{0,2})(ix|iv|v?i{0,3})(?:e|er|eme)?")
_UNITS = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
_CITIES = ("paris", "lyon", "marseille")
_KEY = re.compile(r"(cp)?([0-9][0-9AB][0-9]{3})(p?)", re.ASCII)
_DEGREES = re.compile(r"[+-]?[0-9]{1,3}(?:[.,][0-9]{1,20})?(?:e-[0-9]{1,2})?", re.ASCII)


class Reason(StrEnum):
    """Why there is no one place; `views.whereabouts_words` says how to repair it."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    POSTCODE_LENGTH = "postcode_length"
    UNKNOWN_POSTCODE = "unknown_postcode"
    UNKNOWN_TOWN = "unknown_town"
    NEAR_TOWN = "near_town"
    SEVERAL_TOWNS = "several_towns"
    MANY_TOWNS = "many_towns"
    CONTRADICTION = "contradiction"
    UNREADABLE_POSITION = "unreadable_position"
    FAR_POSITION = "far_position"


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """One place. ``label``: as it is told, « Paris 11e (75011) »; ``key``: what a link carries to name exactly it."""

    label: str
    key: str
    point: Point


class PlaceProblem(Exception):  # noqa: N818 - a question as much as an error
    """No one place. ``choices``: those that may have been meant, the likeliest first; none for most reasons."""

    def __init__(self, reason: Reason, choices: Iterable[Whereabouts] = ()) -> None:
        super().__init__(reason.value)
        self.reason, self.choices = reason, tuple(choices)


class Places:
    """Every place that a search can be around."""

    def __init__(self, communes: Communes) -> None:
        self._communes, self._names = communes, TownNames(communes)
        self._postcodes = sorted({code for one in communes for code in one.postcodes})
        self._points = sorted(one.point for one in communes if one.point)

    def find(self, typed: str) -> Whereabouts:
        """The place that is meant. Raises PlaceProblem, and nothing else whatever is typed."""
        if len(typed) > LONGEST:
            raise PlaceProblem(Reason.TOO_LONG)
        text = fold(typed)
        if code := _CORSICAN.search(text):
            commune = self._communes.get(code[1].upper())
            if commune is None:
                raise PlaceProblem(Reason.UNKNOWN_POSTCODE)
            return self._place(commune)
        # The last: a box has figures too, and is before it.
        found = max(_POSTCODE.finditer(text), key=lambda one: one.start(), default=None)
        town = text[: found.start()] + " " + text[found.end() :] if found else text
        name = without_delivery(town)
        words = _district_last(words_of(name))
        if found is None:
            return self._named(text, words, delivered=name != " ".join(town.split()))
        postcode = found[1].replace(" ", "")
        return self._both(postcode, words) if words else self._of_postcode(postcode)

    def of_key(self, key: str) -> Whereabouts | None:
        """The place of a `Whereabouts.key`; None for what is none."""
        found = _KEY.fullmatch(key)
        if found is None:
            return None
        if found[1]:
            return self._at(found[2]) if self._communes.of(found[2]) else None
        commune = self._communes.get(found[2], part=bool(found[3]))
        return self._place(commune) if commune else None

    def check(self, latitude: str, longitude: str) -> Point:
        """The position that a telephone tells, in degrees. Raises PlaceProblem: unreadable, at sea, or abroad."""
        typed = [text.strip() for text in (latitude, longitude)]
        if not all(_DEGREES.fullmatch(text) for text in typed):
            raise PlaceProblem(Reason.UNREADABLE_POSITION)
        point = Point(*(float(text.replace(",", ".")) for text in typed))
        if not point.is_on_earth:
            raise PlaceProblem(Reason.UNREADABLE_POSITION)
        if not self._has_commune_near(point):
            raise PlaceProblem(Reason.FAR_POSITION)
        return point

    def _has_commune_near(self, point: Point) -> bool:
        reach, narrow = FURTHEST / DEGREE, cos(radians(point.latitude))
        first, last = (bisect_left(self._points, (point.latitude + to,)) for to in (-reach, reach))
        return any(
            hypot(one.latitude - point.latitude, (one.longitude - point.longitude) * narrow) <= reach
            for one in self._points[first:last]
        )

    def _of_postcode(self, postcode: str) -> Whereabouts:
        if self._communes.of(postcode):
            return self._at(postcode)
        if whole := self._whole_city(postcode):
            return self._place(whole)
        raise PlaceProblem(Reason.UNKNOWN_POSTCODE, self._told(self._like(postcode), FEW))

    def _whole_city(self, postcode: str) -> Commune | None:
        """« 75000 »: no postcode, but everybody knows which city."""
        if not postcode.endswith("000"):
            return None
        cities = (one for name in _CITIES for one in self._communes.named(name)[:1])
        return next((one for one in cities if department(one.postcodes[0]) == department(postcode)), None)

    def _like(self, postcode: str) -> list[Commune]:
        """Of a code that no commune has: the largest of those that begin so, and the commune whose INSEE code it is."""
        like: list[Commune] = []
        for shared in (4, 3):
            begun = postcode[:shared]
            first, last = bisect_left(self._postcodes, begun), bisect_left(self._postcodes, begun + ":")
            like = like or [one for code in self._postcodes[first:last] for one in self._communes.of(code)]
        of_code = self._communes.get(postcode)
        whole = sorted((one for one in like if not one.within), key=lambda one: -one.population)
        return [*whole[: FEW - 1], *([of_code] if of_code else [])]

    def _both(self, postcode: str, words: list[str]) -> Whereabouts:
        """The town of that name at that postcode. A name that is nobody's (a quarter, a slip) leaves the postcode."""
        key, here = "".join(words), self._communes.of(postcode)
        if chosen := [one for one in here if town_key(one.name) == key]:
            return self._place(self._communes.closer(chosen[0], postcode))
        elsewhere = self._communes.named(key)
        same = [one for one in elsewhere if department(one.postcodes[0]) == department(postcode)]
        if here and elsewhere:
            meant = [self._at(postcode), *self._told(same or elsewhere, FEW)]
            raise PlaceProblem(Reason.CONTRADICTION, _distinct(meant))
        if here:
            return self._slip(key, here) or self._at(postcode)
        if same := same or [one for one in self._names.leading(words) if _is_of(one, department(postcode))]:
            return self._one_of(same)
        if elsewhere:
            raise PlaceProblem(Reason.CONTRADICTION, self._told(elsewhere, FEW))
        return self._of_postcode(postcode)

    def _slip(self, key: str, here: list[Commune]) -> Whereabouts | None:
        """The commune of a postcode whose name is a slip away, or begins so."""
        most = slips_allowed(key)
        for one in here:
            known = town_key(one.name)
            if known.startswith(key) or slips(key, known, most) <= most:
                return self._place(one)
        return None

    def _named(self, text: str, words: list[str], *, delivered: bool) -> Whereabouts:
        if not words:
            raise PlaceProblem(Reason.EMPTY)
        if _TOO_FEW.fullmatch(text):
            lost = "0" + text.replace(" ", "")  # a spreadsheet takes the first figure away
            raise PlaceProblem(Reason.POSTCODE_LENGTH, [self._at(lost)] if self._communes.of(lost) else ())
        key = "".join(words)
        if exact := self._communes.named(key):
            least = LARGER * max(exact[0].population, SMALL)
            longer = [one for one in self._names.longer(words) if one.population > least]
            return self._one_of(sorted([*exact, *longer], key=lambda one: -one.population))
        begins = self._names.leading(words)
        of_department = [one for one in begins if _is_of(one, words[-1].zfill(2))]
        if of_department or (delivered and begins):
            return self._one_of(of_department or begins)
        near = [*self._names.begun(key)[:CHOICES], *begins, *self._names.near(key)[:FEW]]
        raise PlaceProblem(Reason.NEAR_TOWN if near else Reason.UNKNOWN_TOWN, self._told(near, CHOICES))

    def _one_of(self, communes: list[Commune]) -> Whereabouts:
        told = self._told(communes, CHOICES + 1)
        if len(told) == 1:
            return told[0]
        raise PlaceProblem(Reason.SEVERAL_TOWNS if len(told) <= CHOICES else Reason.MANY_TOWNS, told[:CHOICES])

    def _told(self, communes: Iterable[Commune], most: int) -> list[Whereabouts]:
        return _distinct(self._place(one) for one in communes)[:most]

    def _place(self, commune: Commune) -> Whereabouts:
        one_code = len(commune.postcodes) == 1 or DISTRICT.search(commune.name)
        where = commune.postcodes[0] if one_code else _department_of(commune)
        key = commune.insee + ("p" if commune.within else "")
        return Whereabouts(f"{_short(commune)} ({where})", key, self._point(commune, commune.postcodes[0]))

    def _at(self, postcode: str) -> Whereabouts:
        """A postcode: its commune, or the largest of them."""
        here = self._communes.of(postcode)
        towns = [one for one in here if not one.within] or here
        commune = self._communes.closer(towns[0], postcode)
        around = " et alentours" if len(towns) > 1 else ""
        return Whereabouts(f"{_short(commune)}{around} ({postcode})", f"cp{postcode}", self._point(commune, postcode))

    def _point(self, commune: Commune, postcode: str) -> Point:
        located = self._communes.locate(commune.insee, postcode)
        if located is None:  # the table locates every commune: a test keeps it so
            raise LookupError(commune.insee)
        return located.point


def _district_last(words: list[str]) -> list[str]:
    """« Paris XIe », « Paris 11 e », « 11e arrondissement de Paris »: as « Paris 11 »."""
    if len(words) in (2, 3) and words[-1] in _CITIES and words[0].isdecimal() and words[1:-1] in ([], ["de"]):
        return [words[-1], words[0]]
    if len(words) == 3 and words[0] in _CITIES and words[2] in ("e", "er", "eme"):
        return words[:2]
    if len(words) == 2 and words[0] in _CITIES and (roman := _ROMAN.fullmatch(words[1])):
        return [words[0], str(10 * len(roman[1]) + _UNITS.index(roman[2]))]
    return words


def _is_of(commune: Commune, code: str) -> bool:
    """Whether a commune is of a département, as its INSEE code begins (« 2a »), or its postcodes (« 20 »)."""
    return code in (_department_of(commune).lower(), department(commune.postcodes[0]))


def _department_of(commune: Commune) -> str:
    return department(commune.insee)


def _short(commune: Commune) -> str:
    """« Paris 11e », and not « Paris 11e Arrondissement »."""
    return DISTRICT.sub(r" \1", commune.name)


def _distinct(places: Iterable[Whereabouts]) -> list[Whereabouts]:
    """What is told alike is one choice, the first."""
    found: dict[str, Whereabouts] = {}
    for one in places:
        found.setdefault(one.label, one)
    return list(found.values())
