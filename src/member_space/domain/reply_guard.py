"""What shows that a text is not ready for the member, or not meant for him: blanks, inner words (R27, C108).

Only what can be sure: a colleague is asked once more, so each needless question would teach him to say yes.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from member_space.domain.nir import Nir, NirError


class Doubt(StrEnum):
    """Why a text may not be ready; the words are in views.office.guard_words."""

    BLANK = "blank"
    MENTION = "mention"
    INNER = "inner"
    NIR = "nir"
    IBAN = "iban"


@dataclass(frozen=True, slots=True)
class Found:
    """``words``: those of the text that say so; a NIR and an IBAN are not repeated."""

    doubt: Doubt
    words: str = ""


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
