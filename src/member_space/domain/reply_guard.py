"""What shows that a text is not ready for the member, or not meant for him: blanks, inner words, somebody else's data
(R27, C108, C120).

Only what can be sure: a colleague is asked once more, so each needless question would teach him to say yes.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from member_space.domain.nir import Nir, NirError
from member_space.domain.text import fold


class Doubt(StrEnum):
    """Why a text may not be ready; the words are in views.office.guard_words."""

    BLANK = "blank"
    MENTION = "mention"
    INNER = "inner"
    NIR = "nir"
    IBAN = "iban"
    OTHER_NAME = "other_name"
    OTHER_NUMBER = "other_number"
    OTHER_PHONE = "other_phone"


@dataclass(frozen=True, slots=True)
class Found:
    """``words``: those of the text that say so; a NIR, an IBAN and a telephone are not repeated."""

    doubt: Doubt
    words: str = ""


@dataclass(frozen=True, slots=True)
class Other:
    """A member of another household. ``last_names``: the one in use and the one of birth; ``phones``: E.164;
    ``numbers``: n° adhérent."""

    first_name: str
    last_names: tuple[str, ...]
    phones: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


_LEFT = r"à (?:compléter|remplir|préciser|vérifier|confirmer)"
_CAPITALS = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ0-9 _'’/.-]{1,40}"
_BLANK = re.compile(
    rf"\[{_CAPITALS}\]|<{_CAPITALS}>|\b[Xx]{{3,20}}\b|\bTODO\b|\bTBD\b|_{{4,40}}"
    rf"|[\[(][ \u00a0]?(?i:{_LEFT})[ \u00a0]?[\])]"
    rf"|(?:^|(?<=:)|(?<=:[ \u00a0]))(?i:{_LEFT})(?=[ .…]{{0,3}}$)",
    re.MULTILINE,
)
"""« à compléter » in brackets or at the end of a line alone: elsewhere it is said of the member's own form."""
_MENTION = re.compile(r"(?<![\w.+-])@[^\W\d_][\w-]{1,40}")
_INNER = re.compile(
    r"\bnotes? internes?\b|\bne pas (?:envoyer|transmettre|communiquer) (?:à l[’']adhérente?|au membre)\b",
    re.IGNORECASE,
)
_GAP = r"[ \u00a0\u202f.-]?"
_NIR = re.compile(
    rf"(?<!\w)[1-478](?:{_GAP}\d){{5}}{_GAP}[\dABab](?:{_GAP}\d){{6}}(?:{_GAP}\d{_GAP}\d)?(?!\w)", re.ASCII
)
_IBAN = re.compile(
    r"(?<!\w)(?:[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]{4}){2,7}(?:[ \u00a0]?[A-Z0-9]{1,3})?"
    r"|[a-z]{2}\d{2}[a-z0-9]{11,30})(?!\w)"
)
"""In groups as it is printed, or in one piece."""


def doubts_of(text: str) -> list[Found]:
    """Each thing once, in the order of `Doubt`; none where the text may leave."""
    told = ((Doubt.BLANK, _BLANK), (Doubt.MENTION, _MENTION), (Doubt.INNER, _INNER))
    found = [Found(doubt, match.group()) for doubt, pattern in told for match in pattern.finditer(text)]
    if any(_is_nir(match.group()) for match in _NIR.finditer(text)):
        found.append(Found(Doubt.NIR))
    if any(_is_iban(match.group()) for match in _IBAN.finditer(text)):
        found.append(Found(Doubt.IBAN))
    return list(dict.fromkeys(found))


_WORD = re.compile(r"[^\W_]+")
_PHONE = re.compile(r"(?<![\w+])(?:\+|00)?\d(?:[ \u00a0\u202f./-]?\d){8,14}(?!\w)", re.ASCII)
_OWN_DIGITS = 9
"""The last ones of a telephone, which the ways to write its country leave alone."""
_LONG_ENOUGH = 6
"""Characters of a n° adhérent that is no everyday number."""


def others_in(text: str, others: Iterable[Other], known: Collection[str] = ()) -> list[Found]:
    """Those of these people whom the text names in full, or gives the number or the telephone of, each thing once.

    A first or a last name alone is a word like another: both, side by side, in either order. ``known``: what the
    household is called or wrote itself; what stands there too is no doubt.
    """
    said, ours = _words(text), "".join(map(_words, known))
    phones = _phones(text).difference(*map(_phones, known))
    found = []
    for other in others:
        for last_name in other.last_names:
            first, last = _words(other.first_name), _words(last_name)
            forms = (f"{first[:-1]}{last}", f"{last[:-1]}{first}")
            if first.strip() and last.strip() and any(form in said and form not in ours for form in forms):
                found.append(Found(Doubt.OTHER_NAME, f"{other.first_name} {last_name}"))
        for number in other.numbers:
            form = _words(number)
            if len(number) >= _LONG_ENOUGH and form in said and form not in ours:
                found.append(Found(Doubt.OTHER_NUMBER, number))
        if phones & {phone[-_OWN_DIGITS:] for phone in other.phones}:
            found.append(Found(Doubt.OTHER_PHONE))
    return list(dict.fromkeys(found))


def _words(text: str) -> str:
    """Folded, each between spaces; two texts one after the other have two between them."""
    return f" {' '.join(_WORD.findall(fold(text)))} "


def _phones(text: str) -> set[str]:
    return {re.sub(r"\D", "", match.group())[-_OWN_DIGITS:] for match in _PHONE.finditer(text)}


def _is_nir(text: str) -> bool:
    try:
        Nir.parse(text)
    except NirError:
        return False
    return True


def _is_iban(text: str) -> bool:
    """Whether its key is right (ISO 13616): a reference of the same shape is none."""
    characters = re.sub(r"[ \u00a0]", "", text).upper()
    return int("".join(str(int(one, 36)) for one in characters[4:] + characters[:4])) % 97 == 1
