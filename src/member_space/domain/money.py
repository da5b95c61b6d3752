"""Money is an integer number of cents of euro, and nothing else.

``Money`` is a plain ``int``: sums, comparisons, columns and COPY cost what integers cost, and a float never appears.
What needs care is at the edges, and it is here: reading what people and files write, showing it, applying a rate.

A rate is an integer number of hundredths of a percent: 7000 is 70 %, 6550 is 65,5 %.
"""

import re
from enum import StrEnum
from typing import TypeAlias

Money: TypeAlias = int
Rate: TypeAlias = int

WHOLE: Rate = 10_000
_HALF = WHOLE // 2
MAX_MONEY: Money = 2**31 - 1
"""The largest amount read, 21 474 836,47 €: what a 32-bit column holds, far above any amount of this trade."""

NARROW_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"

_SPACE = "[ \u00a0\u2009\u202f]"
_NUMBER = re.compile(
    rf"(?P<sign>[+\-\u2212]?){_SPACE}*"
    rf"(?P<whole>[0-9]{{1,3}}(?:{_SPACE}[0-9]{{3}})+|[0-9]{{1,3}}(?:\.[0-9]{{3}})+(?=,)"
    rf"|[0-9]{{1,3}}(?:,[0-9]{{3}})+(?=\.)|[0-9]+)"
    rf"(?:[.,](?P<decimals>[0-9]+))?",
    re.ASCII,
)
_NOT_DIGITS = re.compile(r"[^0-9]", re.ASCII)


class MoneyProblem(StrEnum):
    """Why a text is not an amount; each has its own sentence on screen."""

    FORMAT = "format"
    TOO_MANY_DECIMALS = "too_many_decimals"
    TOO_LARGE = "too_large"


class MoneyError(ValueError):
    """The text is not an amount (or a rate). ``problem`` says why."""

    def __init__(self, problem: MoneyProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def parse_money(text: str) -> Money:
    """Cents written as a decimal: ``1 234,50``, ``1234.5``, ``1.234,50``, ``1,234.50``, ``−12,00``, ``30 €``.

    Spaces may be no-break or narrow. A lone comma or point is the decimal mark, so ``1.234`` has too many decimals
    rather than being a guess. Raises MoneyError, and TypeError for anything but a text: a float is already wrong.
    """
    return _decimal(text, "€")


def parse_rate(text: str) -> Rate:
    """Hundredths of a percent written as a percentage: ``70``, ``65,5 %``. Same errors as ``parse_money``."""
    return _decimal(text, "%")


def _decimal(text: str, unit: str) -> int:
    """A decimal number of at most two decimals, in hundredths; the unit after it may be written or not."""
    if not isinstance(text, str):
        raise TypeError(f"an amount is read from a text, not from {type(text).__name__}")
    match = _NUMBER.fullmatch(text.strip().removesuffix(unit).rstrip())
    if match is None:
        raise MoneyError(MoneyProblem.FORMAT)
    decimals = match["decimals"] or ""
    if len(decimals) > 2:
        raise MoneyError(MoneyProblem.TOO_MANY_DECIMALS)
    digits = _NOT_DIGITS.sub("", match["whole"]).lstrip("0")
    if len(digits) > 8:  # also keeps int() away from a text of a million digits
        raise MoneyError(MoneyProblem.TOO_LARGE)
    hundredths = int(digits or "0") * 100 + int(decimals.ljust(2, "0"))
    if hundredths > MAX_MONEY:
        raise MoneyError(MoneyProblem.TOO_LARGE)
    return hundredths if match["sign"] in ("", "+") else -hundredths


def apply_rate(amount: Money, rate: Rate) -> Money:
    """``amount`` × ``rate``, rounded half up to the cent; a negative amount rounds as its opposite does.

    So the cancellation of a line is exactly the opposite of the line.
    """
    if amount >= 0:
        return (amount * rate + _HALF) // WHOLE
    return -((-amount * rate + _HALF) // WHOLE)


def format_money(amount: Money, language: str = "fr") -> str:
    """As on screen, ``1 234,50 €``: narrow no-break space by thousands, no-break space before the sign €.

    In English (``en``), ``€1,234.50``.
    """
    if language == "en":
        return f"{MINUS if amount < 0 else ''}€{_english(amount)}"
    return f"{_french(amount)}{NO_BREAK_SPACE}€"


def format_rate(rate: Rate, language: str = "fr") -> str:
    """As on screen, ``70 %`` or ``65,5 %``, with a no-break space; in English (``en``), ``70%`` or ``65.5%``."""
    if language == "en":
        return f"{MINUS if rate < 0 else ''}{_english(rate).rstrip('0').rstrip('.')}%"
    return f"{_french(rate).rstrip('0').rstrip(',')}{NO_BREAK_SPACE}%"


def to_decimal_text(amount: Money, mark: str = ".") -> str:
    """For files: ``-1234.50``, no grouping, always two decimals, an ASCII minus sign."""
    euros, cents = divmod(abs(amount), 100)
    return f"{'-' if amount < 0 else ''}{euros}{mark}{cents:02d}"


def _french(hundredths: int) -> str:
    whole, rest = divmod(abs(hundredths), 100)
    sign = MINUS if hundredths < 0 else ""
    return f"{sign}{whole:,}".replace(",", NARROW_SPACE) + f",{rest:02d}"


def _english(hundredths: int) -> str:
    """Without its sign, which stands before the unit."""
    whole, rest = divmod(abs(hundredths), 100)
    return f"{whole:,}.{rest:02d}"
