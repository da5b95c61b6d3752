"""The lines of a period as a file, in the four formats that members can take (C59); docs/exports.md says each.

Lines are written as they come: a hundred thousand of them take the memory of one.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from translationstring import TranslationStringFactory

from member_space.domain.money import to_decimal_text
from member_space.domain.reimbursement import LineAmounts
from member_space.services.care_line import CareLine
from member_space.services.fhir.explanation import explanations
from member_space.services.spreadsheet import ByteWriter, Cell, Sheet, write_sheet
from member_space.services.statement_csv import because_of, csv_rows, head_of, safe_cell, titles
from member_space.services.statement_words import COLUMNS, Column
from member_space.services.translation import Translate

_ = TranslationStringFactory("member_space")


class FileFormat(StrEnum):
    """``FHIR``: a Bundle of ExplanationOfBenefit, R4."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    FHIR = "fhir"


CONTENT_TYPES = {
    FileFormat.CSV: "text/csv; charset=utf-8",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.JSON: "application/json",
    FileFormat.FHIR: "application/fhir+json",
}
EXTENSIONS = {FileFormat.CSV: "csv", FileFormat.XLSX: "xlsx", FileFormat.JSON: "json", FileFormat.FHIR: "fhir.json"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The days of care, both in, and the format."""

    since: date
    until: date
    format: FileFormat

    @property
    def name(self) -> str:
        """Of the file: it says nothing of anybody."""
        return f"remboursements-{self.since:%Y%m%d}-{self.until:%Y%m%d}.{EXTENSIONS[self.format]}"


def write_file(out: ByteWriter, wanted: Wanted, lines: Iterable[CareLine], insurer: str, translate: Translate) -> None:
    """Write the file of these lines, which come statement by statement."""
    if wanted.format is FileFormat.CSV:
        out.write(b"\xef\xbb\xbf")  # so that a spreadsheet reads the accents
        for row in csv_rows(lines, translate):
            out.write(row.encode())
    elif wanted.format is FileFormat.XLSX:
        widths = [14, 40, 30, *(_WIDTHS.get(column.kind, 12) for column in COLUMNS), 40]
        sheet = Sheet(translate(_("Remboursements")), titles(translate), widths)
        write_sheet(out, sheet, (_spreadsheet_row(line, translate) for line in lines))
    elif wanted.format is FileFormat.JSON:
        head = {"insurer": insurer, "since": wanted.since.isoformat(), "until": wanted.until.isoformat()}
        _write_json(out, head | {"currency": "EUR"}, "lines", map(_json_line, lines))
    else:
        head = {"resourceType": "Bundle", "type": "collection"}
        _write_json(out, head, "entry", ({"resource": one} for one in explanations(lines, insurer)))


_WIDTHS = {"date": 12, "text": 18}


def _spreadsheet_row(line: CareLine, translate: Translate) -> list[Cell]:
    return [
        *(safe_cell(text) for text in head_of(line, translate)),
        *(_spreadsheet_cell(line, column) for column in COLUMNS),
        safe_cell(because_of(line, translate)),
    ]


def _spreadsheet_cell(line: CareLine, column: Column) -> Cell:
    value: Any = getattr(line, column.name)
    if value is None or column.kind in ("date", "number"):
        return value  # type: ignore[no-any-return] # a date, a whole number or nothing, by the kind of the column
    return Decimal(to_decimal_text(value)) if column.kind in ("money", "rate") else safe_cell(str(value))


_AMOUNTS = tuple(name for name in LineAmounts._fields if name != "amo_rate")
_PLAIN = ("statement_reference", "act_code", "family", "label", "practitioner", "quantity", "zero_reason")


def _json_line(line: CareLine) -> dict[str, Any]:
    """Amounts in euros and the rate in percent, as decimal text: no reader rounds them."""
    return {
        "care_date": line.care_date.isoformat(),
        "paid_on": line.paid_on.isoformat() if line.paid_on else None,
        "person": line.person_full_name,
        **{name: getattr(line, name) for name in _PLAIN},
        "amo_rate": _decimal(line.amo_rate),
        **{name: _decimal(getattr(line, name)) for name in _AMOUNTS},
    }


def _decimal(hundredths: int | None) -> str | None:
    return None if hundredths is None else to_decimal_text(hundredths)


def _write_json(out: ByteWriter, head: dict[str, Any], name: str, items: Iterator[dict[str, Any]]) -> None:
    """One object: ``head``, then a list of this name, an item a line."""
    opening = json.dumps(head, ensure_ascii=False)
    out.write(f'{opening[:-1]}, "{name}": ['.encode())
    for n, item in enumerate(items):
        out.write((",\n" if n else "\n").encode() + json.dumps(item, ensure_ascii=False).encode())
    out.write(b"\n]}\n")
