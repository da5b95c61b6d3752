"""What a password must be made of, by the rule that the installation chose; and how its strength is told.

`strong` is the product's own (C4): length, and any character. `bl` and `hcr` are the rules that two guides print
(S-BL-09, S-HCR-09), for an insurer that must keep them.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum

LONGEST = 128
"""Characters; there because hashing must cost the same for everybody."""
OTHERS_NEEDED = 5
"""Letters and digits that a password must have besides what is known of its owner."""


class Policy(StrEnum):
    """The setting `password.policy`."""

    STRONG = "strong"
    BL = "bl"
    HCR = "hcr"


class Gap(StrEnum):
    """A part of the rule that a password does not keep, or why it is no good though it does."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NO_UPPER = "no_upper"
    NO_LOWER = "no_lower"
    NO_DIGIT = "no_digit"
    NO_SPECIAL = "no_special"
    NO_DIGIT_NOR_SPECIAL = "no_digit_nor_special"
    FORBIDDEN = "forbidden"
    ABOUT_OWNER = "about_owner"
    KNOWN = "known"
    WEAK = "weak"
    SAME = "same"


class Strength(IntEnum):
    """How long guessing takes, from at once to never; zxcvbn's scale."""

    VERY_WEAK = 0
    WEAK = 1
    FAIR = 2
    GOOD = 3
    VERY_GOOD = 4


class Weakness(StrEnum):
    """What makes a password quick to guess."""

    COMMON = "common"
    WORD = "word"
    NAME = "name"
    OWNER = "owner"
    KEYBOARD = "keyboard"
    REPEAT = "repeat"
    SEQUENCE = "sequence"
    DATE = "date"


SHORTEST = {Policy.STRONG: 12, Policy.BL: 12, Policy.HCR: 8}
"""Characters, as a person counts them."""
NOT_IN_HCR = frozenset("*'>")


@dataclass(frozen=True, slots=True)
class Owner:
    """What others know of the person: nothing that a password may be made of."""

    email: str
    names: tuple[str, ...] = ()
    birth_date: date | None = None


def composed(password: str) -> str:
    """The same text however the keyboard builds its accents (NFC)."""
    return unicodedata.normalize("NFC", password)


def gaps(policy: Policy, password: str) -> tuple[Gap, ...]:
    """The parts of the rule that are missing, in the order of the rule; empty when it is kept."""
    password = composed(password)
    too_short = [Gap.TOO_SHORT] if len(password) < SHORTEST[policy] else []
    too_long = [Gap.TOO_LONG] if len(password) > LONGEST else []
    return (*too_short, *too_long, *_CLASSES[policy](password))


def _strong(_password: str) -> Iterable[Gap]:
    return ()


def _bl(password: str) -> Iterable[Gap]:
    yield from _letters(password)
    if not any(one.isdigit() for one in password):
        yield Gap.NO_DIGIT
    if not any(is_special(one) for one in password):
        yield Gap.NO_SPECIAL


def _hcr(password: str) -> Iterable[Gap]:
    yield from _letters(password)
    if not any(one.isdigit() or is_special(one) for one in password):
        yield Gap.NO_DIGIT_NOR_SPECIAL
    if NOT_IN_HCR & set(password):
        yield Gap.FORBIDDEN


def _letters(password: str) -> Iterable[Gap]:
    if not any(one.isupper() for one in password):
        yield Gap.NO_UPPER
    if not any(one.islower() for one in password):
        yield Gap.NO_LOWER


_CLASSES = {Policy.STRONG: _strong, Policy.BL: _bl, Policy.HCR: _hcr}


def is_special(character: str) -> bool:
    """Neither letter nor digit; a space is one."""
    return not character.isalnum()


def is_about(owner: Owner, password: str) -> bool:
    """Whether the password is little more than its owner's address, names and birth date.

    Compared without case, accents and signs: « J.Dupont-1985 ! » is about Jean Dupont, born in 1985.
    """
    left = _plain(password)
    for word in sorted(words_about(owner), key=len, reverse=True):
        left = left.replace(word, " ")
    return len(left.replace(" ", "")) < OTHERS_NEEDED


def words_about(owner: Owner) -> set[str]:
    """What is known of the owner, in plain letters and digits; pieces under three characters left out."""
    local, _at, domain = owner.email.partition("@")
    pieces = [local, domain.partition(".")[0], *_pieces(local)]
    for name in owner.names:
        pieces += [name, *_pieces(name)]
    if owner.birth_date:
        pieces += [owner.birth_date.strftime(form) for form in ("%d%m%Y", "%Y%m%d", "%d%m%y", "%y%m%d", "%Y", "%d%m")]
    return {plain for plain in map(_plain, pieces) if len(plain) >= 3}


def _pieces(text: str) -> list[str]:
    return "".join(one if one.isalnum() else " " for one in text).split()


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in apart if one.isalnum())
