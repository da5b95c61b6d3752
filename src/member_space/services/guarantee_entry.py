"""The values of one table of a guarantee file, read by name; what is wrong goes to the list of problems."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar

from member_space.domain.money import Money, MoneyError, Rate, parse_money, parse_rate, to_decimal_text
from member_space.services.feed import FeedValueError, clean_text
from member_space.services.toml_lines import TomlLines

E = TypeVar("E", bound=StrEnum)
_FRENCH_DAY = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})", re.ASCII)
FIRST_DAY, LAST_DAY = date(1945, 1, 1), date(2199, 12, 31)
"""From the ordonnances that made the Sécurité sociale on; « 31/12/9999 » is how others write that nothing ends."""
_LARGEST = 10**1000
LONGEST_REPEATED = 60


class Decimal(str):
    """A number with a point, as it is written: never a float. A text between quotes is no number."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a line of a file, and how to repair it. ``field``: the key, empty for a whole table."""

    line: int
    field: str
    reason: str


@dataclass(slots=True)
class Problems:
    """All that is wrong with a file."""

    lines: TomlLines
    found: list[Problem] = field(default_factory=list)

    def add(self, path: tuple[str | int, ...], name: str, reason: str) -> None:
        """One more problem, at the line of the key, or of the nearest table that should hold it."""
        self.found.append(Problem(self.lines.line_of(*path, *([name] if name else [])), repeated(name), reason))


def repeated(value: str) -> str:
    """What a message repeats of a file: its beginning, without what a terminal would obey."""
    shown = "".join(one if one.isprintable() else "\ufffd" for one in value[:LONGEST_REPEATED])
    return f"{shown}…" if len(value) > LONGEST_REPEATED else shown


def did_you_mean(value: str, choices: Iterable[str], cutoff: float = 0.6) -> str:
    """The choice that a mistyped value resembles, as a question; empty when none does."""
    near = get_close_matches(value, list(choices), n=1, cutoff=cutoff)
    return f" ; vouliez-vous dire « {near[0]} » ?" if near else ""


class Entry:
    """One table. Each key that is asked for is known; `close` tells those that nobody asked for."""

    def __init__(self, path: tuple[str | int, ...], values: Mapping[str, Any], problems: Problems) -> None:
        self.path, self._values, self._problems = path, values, problems
        self._known: set[str] = set()

    def refuse(self, name: str, reason: str) -> None:
        """Tell what is wrong with a key; with the table itself when `name` is empty."""
        self._problems.add(self.path, name, reason)

    def has(self, name: str) -> bool:
        """Whether the key is written."""
        self._known.add(name)
        return name in self._values

    def _value(self, name: str, required: bool = False) -> Any:
        self._known.add(name)
        if required and name not in self._values:
            self.refuse(name, "clé absente")
        value = self._values.get(name)
        if _is_endless(value):
            self.refuse(name, "nombre trop grand")
            return None
        return value

    def text(self, name: str, longest: int, required: bool = True) -> str:
        value = self._value(name, required)
        if value is None:
            return ""
        if not isinstance(value, str) or isinstance(value, Decimal):
            self.refuse(name, "un texte s’écrit entre guillemets")
            return ""
        try:
            text = clean_text(value, longest)
        except FeedValueError as error:
            self.refuse(name, str(error))
            return ""
        if required and not text:
            self.refuse(name, "texte vide")
        return text

    def flag(self, name: str, required: bool = False) -> bool:
        value = self._value(name, required)
        if value not in (None, True, False) or isinstance(value, int) is not isinstance(value, bool):
            self.refuse(name, "s’écrit true ou false, sans guillemets")
        return value is True

    def whole(self, name: str, least: int, most: int, required: bool = False) -> int | None:
        value = self._value(name, required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.refuse(name, f"nombre entier de {least} à {most} attendu, sans guillemets")
            return None
        return value

    def amount(self, name: str, required: bool = False) -> Money | None:
        """Euros as a number: `60` or `60.50`."""
        value = self._value(name, required)
        if value is None:
            return None
        if isinstance(value, str) and not isinstance(value, Decimal):
            self.refuse(name, "un montant s’écrit sans guillemets, espace, virgule ni € : " + _as_number(value))
            return None
        try:
            cents = parse_money(str(value)) if _is_number(value) else -1
        except MoneyError:
            cents = -1
        if cents < 0:
            self.refuse(name, "n’est pas un montant : des euros, deux décimales au plus, comme 60 ou 60.50")
            return None
        return cents

    def percent(self, name: str, most: int) -> Rate | None:
        """A percentage as a number: `150` or `65.5`, from 0 to `most`."""
        value = self._value(name)
        if value is None:
            return None
        if isinstance(value, str) and not isinstance(value, Decimal):
            self.refuse(name, "un pourcentage s’écrit sans guillemets, espace, virgule ni % : " + _as_number(value))
            return None
        try:
            rate = parse_rate(str(value)) if _is_number(value) else -1
        except MoneyError:
            rate = -1
        if not 0 <= rate <= most * 100:
            self.refuse(name, f"n’est pas un pourcentage de 0 à {most}, deux décimales au plus, comme 150 ou 65.5")
            return None
        return rate

    def choice(self, name: str, choices: type[E], required: bool = False) -> E | None:
        value = self._value(name, required)
        return None if value is None else self._chosen(name, value, choices)

    def _chosen(self, name: str, value: Any, choices: type[E]) -> E | None:
        if isinstance(value, str) and value in set(choices):
            return choices(value)
        if not isinstance(value, str):
            self.refuse(name, f"un texte entre guillemets est attendu : {', '.join(choices)}")
            return None
        near = did_you_mean(value, choices, cutoff=0.75)
        self.refuse(name, f"« {repeated(value)} » est inconnu" + (near or f" ; attendu : {', '.join(choices)}"))
        return None

    def choices(self, name: str, choices: type[E]) -> frozenset[E]:
        """A list of values, each once."""
        found = [self._chosen(name, value, choices) for value in self._list(name)]
        return frozenset(one for one in found if one)

    def texts(self, name: str) -> list[str]:
        """A list of texts."""
        values = self._list(name)
        found = [value for value in values if isinstance(value, str)]
        if len(found) < len(values):
            self.refuse(name, 'est une liste de textes : ["G", "CS"]')
        return found

    def wholes(self, name: str) -> list[int]:
        """A list of whole numbers."""
        values = self._list(name)
        found = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
        if len(found) < len(values):
            self.refuse(name, "est une liste de nombres entiers : [50, 60]")
        return found

    def _list(self, name: str) -> list[Any]:
        value = self._value(name)
        if value is not None and not isinstance(value, list):
            self.refuse(name, "est une liste, entre crochets : [ … ]")
            return []
        return value or []

    def day(self, name: str, required: bool = False) -> date | None:
        value = self._value(name, required)
        if value is None:
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            if FIRST_DAY <= value <= LAST_DAY:
                return value
            self.refuse(
                name, f"une date va de {FIRST_DAY.year} à {LAST_DAY.year} ; ce qui n’a pas de fin ne l’écrit pas"
            )
            return None
        french = _FRENCH_DAY.fullmatch(value) if isinstance(value, str) else None
        example = "-".join(reversed(french.groups())) if french else "2026-01-01"
        self.refuse(name, f"une date s’écrit sans guillemets : {example}")
        return None

    def tables(self, name: str) -> list["Entry"]:
        """The tables of an array: `[[name]]`, or a list of `{…}`."""
        value = self._value(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.refuse(name, f"est une suite de tables : [[{name}]], ou une liste de {{ … }}")
            return []
        return [Entry((*self.path, name, rank), one, self._problems) for rank, one in enumerate(value)]

    def table(self, name: str) -> "Entry | None":
        """The one table of that name."""
        value = self._value(name)
        if value is not None and not isinstance(value, dict):
            self.refuse(name, "est une table : { clé = valeur, … }")
            return None
        return None if value is None else Entry((*self.path, name), value, self._problems)

    def close(self) -> None:
        """Tell the keys that nothing reads."""
        for name in self._values:
            if name not in self._known:
                self.refuse(name, f"clé inconnue{did_you_mean(name, self._known)}")


def _is_endless(value: Any) -> bool:
    """Whether a number is in it that Python reads (0xfff…) and refuses to write out: no message may repeat it."""
    return any(isinstance(one, int) and abs(one) > _LARGEST for one in (value if isinstance(value, list) else [value]))


def _is_number(value: Any) -> bool:
    return isinstance(value, Decimal) or (isinstance(value, int) and not isinstance(value, bool))


def _as_number(value: str) -> str:
    """How a number that people write would be written here."""
    try:
        return to_decimal_text(parse_money(value.strip().removesuffix("%")))
    except MoneyError:
        return "1500 ou 1500.50"
