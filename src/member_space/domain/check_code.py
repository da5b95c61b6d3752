"""Codes that people copy by hand from a paper: no letter taken for another, and two that tell a slip of the pen.

The alphabet has 31 characters, a prime: with two weighted sums modulo 31, any one or two wrong characters, and any two
exchanged ones, are told without asking anybody. Fourteen drawn characters are 69 bits: a code cannot be guessed.
"""

from collections.abc import Sequence

ALPHABET = "ABCDEFGHJKLMNPQRSTVWXYZ23456789"
"""Without those that are read for one another: 0 and O, 1 and I, U and V."""
DRAWN = 14
LENGTH = DRAWN + 2
_PRIME = len(ALPHABET)


class MistypedCodeError(ValueError):
    """No code of ours reads so; `slip` tells why: "length", "letter" or "check"."""

    def __init__(self, slip: str) -> None:
        super().__init__(slip)
        self.slip = slip


def with_check(drawn: str) -> str:
    """The whole code of these `DRAWN` characters of the alphabet, its two check characters at the end."""
    values = [ALPHABET.index(one) for one in drawn]
    if len(values) != DRAWN:
        raise ValueError(f"{DRAWN} characters are drawn")
    plain, weighted = _sums(values)
    # The two last values a and b make both sums of the whole 0: a + b = -plain, 15 a + 16 b = -weighted.
    last = (LENGTH - 1) * plain - weighted
    return drawn + ALPHABET[(-plain - last) % _PRIME] + ALPHABET[last % _PRIME]


def read_code(typed: str) -> str:
    """The code from how people type it: spaces, dashes and small letters change nothing.

    Raises MistypedCodeError. Whether the code was ever given is not known here.
    """
    code = "".join(one for one in typed.upper() if one.isalnum())
    if len(code) != LENGTH:
        raise MistypedCodeError("length")
    if not set(code) <= set(ALPHABET):
        raise MistypedCodeError("letter")
    if _sums([ALPHABET.index(one) for one in code]) != (0, 0):
        raise MistypedCodeError("check")
    return code


def in_groups(code: str) -> str:
    """As it is printed and read aloud: four groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _sums(values: Sequence[int]) -> tuple[int, int]:
    """The sum, and the sum weighted by the place from 1 on, modulo 31."""
    return sum(values) % _PRIME, sum(place * value for place, value in enumerate(values, start=1)) % _PRIME
