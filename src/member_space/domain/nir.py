"""The NIR, the French social security number: a text of thirteen characters and a key of two digits.

Structure: sex, year (2), month (2), department (2 digits, 2A or 2B), commune or country (3), order (3), key (2).
The key is 97 − (thirteen characters mod 97), with 2A read as 19 and 2B as 18 (INSEE; CNAM's public validator).
A NIA (waiting number since 2016) has the same form. A NNP (provisional, gone since 31 December 2022) is
``[78][12]`` + fund (3) + order (8); some old rows still carry one, so it is accepted with a warning.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

LENGTH = 13
LENGTH_WITH_KEY = 15

# People paste from PDF files and cards: any kind of space, dots and dashes are separators, as are invisible marks.
_SEPARATORS = re.compile("[\\s.\\-\u2010\u2011\u2013\u200b\u2060\ufeff]")
_ORDINARY = re.compile(
    r"[1-478][0-9]{2}(?P<month>[0-9]{2})(?P<department>0[1-9]|[1-9][0-9]|2[AB])[0-9]{3}[0-9]{3}", re.ASCII
)
_PROVISIONAL = re.compile(r"[78][12][0-9]{11}", re.ASCII)
_KEY = re.compile(r"[0-9]{2}", re.ASCII)
_UNUSUAL_MONTHS = frozenset([*range(20, 43), *range(50, 100)])


class NirProblem(StrEnum):
    """Why a text is not a NIR; each has its own sentence on screen."""

    LENGTH = "length"
    FORMAT = "format"
    KEY = "key"


class NirWarning(StrEnum):
    """What is accepted although unusual; someone should look."""

    UNUSUAL_MONTH = "unusual_month"
    PENDING_REGISTRATION = "pending_registration"
    PROVISIONAL = "provisional"
    UNUSUAL_ORDER = "unusual_order"


class NirError(ValueError):
    """The text is not a NIR. ``problem`` says why; the text itself is never kept, so it cannot reach a log."""

    def __init__(self, problem: NirProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True, slots=True, order=True)
class Nir:
    """A valid NIR. ``number``: its 13 characters. Neither ``repr`` nor ``str`` shows it."""

    number: str = field(repr=False)
    warnings: tuple[NirWarning, ...] = field(default=(), compare=False)

    @classmethod
    def parse(cls, text: str) -> "Nir":
        """Read 13 characters, or 15 with the key; spaces, dots and dashes anywhere, letters in either case.

        Raises NirError: ``length`` when neither 13 nor 15 remain, ``format`` when a position cannot hold what it
        holds, ``key`` when the key given is not the one computed.
        """
        compact = _SEPARATORS.sub("", text).upper()
        if len(compact) not in (LENGTH, LENGTH_WITH_KEY):
            raise NirError(NirProblem.LENGTH)
        number, key = compact[:LENGTH], compact[LENGTH:]
        warnings = _warnings(number)
        if key and not _KEY.fullmatch(key):
            raise NirError(NirProblem.FORMAT)
        if key and key != key_of(number):
            raise NirError(NirProblem.KEY)
        return cls(number, warnings)

    @property
    def key(self) -> str:
        """The control key, two digits from 01 to 97."""
        return key_of(self.number)

    @property
    def text(self) -> str:
        """The 15 characters without spaces, as files and the encrypted column hold them."""
        return self.number + self.key

    @property
    def formatted(self) -> str:
        """In full, as on the card: ``2 84 05 88 321 025 32``. Only for a display that was asked for and logged."""
        return " ".join([*_groups(self.number), self.key])

    @property
    def masked(self) -> str:
        """Sex, year and month only: ``2 84 05 •• ••• ••• ••``."""
        sex, year, month, *_ = _groups(self.number)
        return f"{sex} {year} {month} •• ••• ••• ••"

    def __repr__(self) -> str:
        return "Nir(…)"

    __str__ = __repr__


def key_of(number: str) -> str:
    """The key of 13 valid characters, two digits: 97 − (number mod 97), 2A read as 19 and 2B as 18."""
    return f"{97 - int(number.replace('2A', '19').replace('2B', '18')) % 97:02d}"


def _groups(number: str) -> tuple[str, ...]:
    return number[0], number[1:3], number[3:5], number[5:7], number[7:10], number[10:13]


def _warnings(number: str) -> tuple[NirWarning, ...]:
    """What is unusual in 13 characters; raises NirError ``format`` when they cannot be a NIR."""
    if number[0] in "78" and _PROVISIONAL.fullmatch(number):
        return (NirWarning.PROVISIONAL,)
    match = _ORDINARY.fullmatch(number)
    if match is None:
        raise NirError(NirProblem.FORMAT)
    month = int(match["month"])
    if not 1 <= month <= 12 and month not in _UNUSUAL_MONTHS:
        raise NirError(NirProblem.FORMAT)
    found = (
        (month in _UNUSUAL_MONTHS, NirWarning.UNUSUAL_MONTH),
        (number[0] in "34", NirWarning.PENDING_REGISTRATION),
        (number[0] in "78", NirWarning.PROVISIONAL),
        (number.endswith("000"), NirWarning.UNUSUAL_ORDER),
    )
    return tuple(warning for is_so, warning in found if is_so)
