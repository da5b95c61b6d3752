"""The zone tables: a zone is declared once, as the annotation of a field of an entity's record.

``Layout`` reads those declarations and gives both directions: ``parse`` (slices, used by the reader) and ``build``
(justified and checked text, used by the writer). Positions are 1-based, as the exchange norm writes them.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from operator import itemgetter
from typing import Any, Generic, TypeVar, get_type_hints

from member_space.noemie.errors import ZoneError
from member_space.noemie.text import plain

END = "@"
PADDING = " \0"

R = TypeVar("R", bound=tuple[str, ...])
Value = str | int | date | None


class Kind(Enum):
    """What a zone holds, hence how it is justified: numbers to the right over zeros, text to the left over spaces."""

    NUMBER = "N"
    TEXT = "A"
    WORDS = "A, upper case without accents, cut to the zone"
    DATE6 = "JJMMAA"
    DATE8 = "AAAAMMJJ"
    CENTS = "centimes"


_PRINTABLE = re.compile(r"[ -~\xa0-\xff]*")
_DATE_FORMATS = {Kind.DATE6: "%d%m%y", Kind.DATE8: "%Y%m%d"}
_ON_THE_LEFT = (Kind.TEXT, Kind.WORDS)


@dataclass(frozen=True, slots=True)
class Zone:
    """One zone: first position (1-based), length, kind, and the text written when no value is given.

    ``exact``: a value of another length is refused, a shorter one would be another value (a NIR, a code).
    """

    position: int
    length: int
    kind: Kind = Kind.TEXT
    default: str = ""
    exact: bool = False

    @property
    def slice(self) -> slice:
        """The zone in a Python string (0-based)."""
        return slice(self.position - 1, self.position - 1 + self.length)

    def fill(self, value: Value) -> str:
        """The zone's text, exactly ``length`` characters.

        Raises ValueError, in French, when the value does not fit: only WORDS are cut, a number never is.
        """
        text = self.default if value is None else self._text(value)
        exact = self.exact or self.kind in _DATE_FORMATS
        if len(text) > self.length or (text and exact and len(text) != self.length):
            raise ValueError(f"la valeur a {len(text)} caractères, la zone {self.length}")
        if self.kind in _ON_THE_LEFT:
            return text.ljust(self.length)
        if text and not (text.isascii() and text.isdecimal()):
            raise ValueError("la valeur n'est pas faite de chiffres")
        return text.rjust(self.length, "0")

    def _text(self, value: str | int | date) -> str:
        if isinstance(value, date):
            return value.strftime(_DATE_FORMATS[self.kind])
        text = str(value)
        if self.kind is Kind.WORDS:
            text = plain(text).strip(" ")[: self.length].rstrip(" ")
        if END in text:
            raise ValueError("la valeur contient « @ », réservé à la fin des entités")
        if not _PRINTABLE.fullmatch(text):
            raise ValueError("la valeur contient un caractère hors du jeu Latin-1")
        return text


class Layout(Generic[R]):
    """The layout of one entity, compiled from the zones declared on its record (a NamedTuple of strings)."""

    def __init__(self, number: str, label: str, record: type[R], *, delimited: bool = True) -> None:
        hints = get_type_hints(record, include_extras=True)
        self.number = number
        self.label = label
        self.zones: dict[str, Zone] = {name: hint.__metadata__[0] for name, hint in hints.items()}
        self._check_zones()
        self.end = END if delimited else ""
        self.size = sum(zone.length for zone in self.zones.values())
        """Length without the final ``@``."""
        self.length = self.size + len(self.end)
        """Length as the norm gives it, ``@`` included."""
        self._defaults = {name: zone.fill(None) for name, zone in self.zones.items()}
        self.parse = _parser(record, self.zones.values())
        """The record of an entity's text (without its ``@``); every zone as it stands, nothing stripped."""

    def _check_zones(self) -> None:
        position = 1
        for name, zone in self.zones.items():
            if zone.position != position:
                raise ValueError(f"{self.number}: zone {name} starts at {zone.position}, expected {position}")
            position += zone.length

    def build(self, **values: Value) -> str:
        """The entity's text, ``@`` included. Raises ZoneError naming entity and position."""
        unknown = values.keys() - self.zones.keys()
        if unknown:
            raise TypeError(f"{self.number} has no zone {sorted(unknown)}")
        filled = {name: self._fill(name, self.zones[name], value) for name, value in values.items()}
        return "".join((self._defaults | filled).values()) + self.end

    def _fill(self, name: str, zone: Zone, value: Value) -> str:
        try:
            return zone.fill(value)
        except ValueError as error:
            message = f"zone « {name} » : {error}"
            raise ZoneError(message, entity=self.number, position=zone.position) from None


def _parser(record: type[R], zones: Iterable[Zone]) -> Callable[[str], R]:
    # Called five times an answer: one itemgetter cuts every zone, and NamedTuple's own constructor is avoided.
    cut: Callable[[str], Any] = itemgetter(*(zone.slice for zone in zones))
    new = tuple.__new__

    def parse(text: str) -> R:
        return new(record, cut(text))

    return parse
