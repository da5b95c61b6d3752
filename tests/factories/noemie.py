"""Answers of a fund (929) as files, for households that tests make."""

import os
from datetime import date
from pathlib import Path

import pytest

from member_space.domain.nir import key_of
from member_space.noemie import Entry, Envelope, Framing, LogicalFile, write

SAMPLE = Path(os.environ.get("NOEMIE_SAMPLE") or Path(__file__).parents[2].parent / "shared/data/noemie-929-sample.txt")
"""The one real file, read where it is: it is reference data of someone else and never copied here."""
NO_SAMPLE = "the real 929 sample is not beside the repository (../shared/data), and NOEMIE_SAMPLE names none"
needs_sample = pytest.mark.skipif("NOEMIE_SAMPLE" not in os.environ and not SAMPLE.exists(), reason=NO_SAMPLE)
NIR = "2550208141680"
OTHER_NIR = "1840675123042"
CREATED_ON = date(2026, 3, 15)


def entry(nir13: str = NIR, coded: str = "33C", **values) -> Entry:
    """An answer about somebody born on 12 April 1985 unless told otherwise; `coded`: code and nature."""
    return Entry(
        nir=nir13,
        **{
            "key": key_of(nir13),
            "name": "SPECIMEN",
            "first_name": "CAMILLE",
            "birth_date_raw": "120485",
            "beneficiary_name": "SPECIMEN",
            "beneficiary_first_name": "CAMILLE",
            "member_number": "99999999",
            "movement": "C",
            "start": date(2026, 1, 1),
            "code": coded[:2],
            "nature": coded[2:],
            "label": "REPONSE DE LA CAISSE",
        }
        | values,
    )


def envelope(**values) -> Envelope:
    return Envelope(
        **{
            "sender_type": "CP",
            "sender": "01751000",
            "recipient_type": "MU",
            "recipient": "75999998",
            "application": "RJ",
            "identification": "000001",
            "created_on": CREATED_ON,
            "reference": "929",
            "sender_program": "NOE929",
        }
        | values
    )


def logical(*entries: Entry, **values) -> LogicalFile:
    """One logical file of these answers; `values` are those of its envelope."""
    return LogicalFile(envelope(**values), "75999998", entries)


def make_929(folder: Path, *files: LogicalFile, name: str = "929.txt", framing: Framing = Framing.PACKED) -> Path:
    """A physical file of these logical files."""
    path = folder / name
    path.write_bytes(write(files, framing=framing))
    return path
