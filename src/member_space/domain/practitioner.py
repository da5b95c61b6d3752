"""What the directories of practitioners say, brought to one form: addresses, telephone numbers, sectors, names.

Postal delivery codes (CEDEX, BP, CS, TSA) are no places: they leave an address before it is compared or looked for.
"""

import re
from functools import lru_cache
from hashlib import blake2b

from member_space.domain.text import fold

_MARKS = re.compile(r"[\s.\-/()]")
_NATIONAL = re.compile(r"0[1-9][0-9]{8}", re.ASCII)
_WORD = re.compile(r"[^\W_]+")
_DELIVERY = re.compile(r"\b(?:(?:BP|CS|TSA)\s*[0-9][0-9 ]*|CEDEX(?:\s*[0-9]{1,2})?)(?![0-9A-Z])", re.IGNORECASE)
_STREETS = {
    "r": "rue",
    "av": "avenue",
    "ave": "avenue",
    "bd": "boulevard",
    "bld": "boulevard",
    "pl": "place",
    "che": "chemin",
    "chem": "chemin",
    "rte": "route",
    "imp": "impasse",
    "all": "allee",
    "sq": "square",
    "crs": "cours",
    "fg": "faubourg",
    "res": "residence",
    "lot": "lotissement",
    "st": "saint",
    "ste": "sainte",
}
BETWEEN = "\x1f"
"""Between the parts of what is digested: nothing that is read has it."""
_COUNTRY_CODES = {
    **dict.fromkeys(("0590", "0690", "0691"), "+590"),
    **dict.fromkeys(("0594", "0694"), "+594"),
    **dict.fromkeys(("0596", "0696", "0697"), "+596"),
    **dict.fromkeys(("0262", "0263", "0269", "0639", "0692", "0693"), "+262"),
}
"""Overseas numbers are dialled by codes of their own from abroad (Réunion and Mayotte share theirs)."""
_FICTION = "063998"
"""Kept by the ARCEP for works of fiction, in the middle of Mayotte's."""
_SECTORS = {"0": "none", "1": "1", "2": "dp", "3": "2"}
_SECTOR_LABELS = {"secteur 1": "1", "secteur 2": "2", "non conventionne": "none"}
_PERMANENT = ("depassement permanent", "secteur 1 avec d")


def without_delivery(text: str) -> str:
    """« 12 RUE X BP 90 » → « 12 RUE X »; « LYON CEDEX 03 » → « LYON »."""
    return " ".join(_DELIVERY.sub(" ", text).split()) if _DELIVERY.search(text) else text


def name_key(text: str) -> str:
    """A name as two directories write it: « Jean-Pierre », « JEAN PIERRE »; « L’Œil », « L OEIL »."""
    return " ".join(_WORD.findall(fold(text)))


def street_key(street: str) -> str:
    """A street as two directories write it: « 4 R D. PAPIN », « 4 rue D Papin »."""
    return " ".join([_STREETS.get(word, word) for word in _WORD.findall(fold(street))])


@lru_cache(maxsize=4_096)
def _word_key(word: str) -> str:
    """As `street_key`: streets begin with the same few words."""
    return street_key(word)


def street_of(number: str, repeat: str, kind: str, name: str) -> str:
    """The line of an address. The name sometimes begins with its kind, whole or short: « Rue », « R DENIS PAPIN »."""
    if kind and name and _word_key(name.split(None, 1)[0]) == _word_key(kind):
        kind = ""
    return without_delivery(" ".join(filter(None, (number, repeat, kind, name))))


def phone_of(text: str) -> str:
    """A French number in E.164; empty for what is none. Directories write ten digits, with or without marks."""
    digits = text if text.isdecimal() else _MARKS.sub("", text)
    if digits.startswith(("+33", "0033")):
        digits = "0" + digits.removeprefix("+33").removeprefix("0033").removeprefix("0")
    if not _NATIONAL.fullmatch(digits):
        return ""
    overseas = _COUNTRY_CODES.get(digits[:4], "+33")
    return ("+33" if digits.startswith(_FICTION) else overseas) + digits[1:]


def sector_of(code: str, label: str) -> str | None:
    """« 1 », « 2 », « dp » (dépassement permanent), « none » (not under agreement); None when nobody says.

    By the label, as codes change; by the code of Ameli where the label is not known.
    """
    words = name_key(label)
    if words.startswith(_PERMANENT):
        return "dp"
    return _SECTOR_LABELS.get(words) or _SECTORS.get(code)


def optam_of(option: str, sector: str | None) -> bool | None:
    """Whether fees are held under an OPTAM or OPTAM-CO; asked of sectors 2 and DP alone, else None."""
    if "optam" in name_key(option).split():
        return True
    return False if sector in ("2", "dp") else None


def department(postcode: str) -> str:
    """« 75 », « 20 », « 971 »."""
    return postcode[: 3 if postcode.startswith(("97", "98")) else 2]


def digest(*parts: str) -> str:
    """Sixteen bytes, in hexadecimal, that are the same for the same parts, or for their text joined by `BETWEEN`."""
    return blake2b(BETWEEN.join(parts).encode(), digest_size=16).hexdigest()
