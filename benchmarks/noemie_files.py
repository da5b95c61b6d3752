"""Synthetic 929 files of any size, with people that another benchmark can rebuild from their index.

Person ``i`` has NIR ``nir13(i)`` with key ``nir_key(nir13(i))``, birth date ``birth_raw(i)`` (JJMMAA, in agreement with
the NIR) and rank 1, and is the only beneficiary of member ``member_number(i)``. Every answer is a creation
acknowledged (33C), or one of the refusals now and then.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from member_space.noemie import Entry, Envelope, Framing, LogicalFile, stream

OC_NUMBER = "31906571"
CREATED_ON = date(2026, 3, 15)
START = date(2026, 1, 1)
_VERDICTS = (("33", "C", "CREATION INFO.OC ACQUITTEE"),) * 9 + (("18", "R", "ASSURE INCONNU AU FICHIER"),)


def nir13(i: int) -> str:
    """The NIR of person ``i`` (0 to 85 million): all different, months and departments plausible."""
    order, commune, department = i % 999 + 1, i // 999 % 900 + 1, i // 899_100 % 95 + 1
    return f"{1 + i % 2}{_year(i):02}{_month(i):02}{department:02}{commune:03}{order:03}"


def nir_key(nir: str) -> str:
    """The two digits of control (synthetic NIRs have no Corsican letter)."""
    return f"{97 - int(nir) % 97:02}"


def birth_raw(i: int) -> str:
    """Birth date of person ``i``, JJMMAA."""
    return f"{i % 28 + 1:02}{_month(i):02}{_year(i):02}"


def birth_date(i: int) -> date:
    """Birth date of person ``i``."""
    return date(1900 + _year(i), _month(i), i % 28 + 1)


def member_number(i: int) -> str:
    """Member number of person ``i``, eight digits."""
    return f"{i:08}"


def _year(i: int) -> int:
    return 40 + i % 50


def _month(i: int) -> int:
    return i % 12 + 1


def entry(i: int) -> Entry:
    """The answer for person ``i``."""
    nir = nir13(i)
    code, nature, label = _VERDICTS[i % len(_VERDICTS)]
    return Entry(
        nir=nir,
        key=nir_key(nir),
        name=f"SPECIMEN{i % 1000}",
        first_name="CAMILLE",
        birth_date_raw=birth_raw(i),
        beneficiary_name=f"SPECIMEN{i % 1000}",
        beneficiary_first_name="CAMILLE",
        member_number=member_number(i),
        movement="C",
        start=START,
        code=code,
        nature=nature,
        label=label,
    )


def pieces(answers: int, framing: Framing = Framing.PACKED) -> Iterator[bytes]:
    """A 929 of ``answers`` answers, piece by piece."""
    envelope = Envelope(
        sender_type="CP",
        sender="01594000",
        recipient_type="MU",
        recipient=OC_NUMBER,
        application="RJ",
        identification="000001",
        created_on=CREATED_ON,
        reference="929",
        sender_program="NOE929",
    )
    return stream([LogicalFile(envelope, OC_NUMBER, map(entry, range(answers)))], framing=framing)


def write_929(path: Path, answers: int, framing: Framing = Framing.PACKED) -> None:
    """Writes a 929 of ``answers`` answers."""
    with path.open("wb") as file:
        file.writelines(pieces(answers, framing))
