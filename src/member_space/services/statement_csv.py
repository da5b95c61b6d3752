"""A statement as a CSV that Excel FR opens by itself: UTF-8 with BOM, « ; », comma decimals, no cell that runs."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from translationstring import TranslationStringFactory

from member_space.domain.dates import date_short
from member_space.domain.money import to_decimal_text
from member_space.services.care_line import CareLine
from member_space.services.statement import StatementSheet
from member_space.services.statement_words import CLOSED_CARE, COLUMNS, Column
from member_space.services.translation import Translate

_ = TranslationStringFactory("member_space")

UNITS = {"money": " (€)", "rate": " (%)"}
RUNS_IN_EXCEL = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def to_csv(sheet: StatementSheet, translate: Translate) -> bytes:
    """One row a line of care, in the columns of the page; a cell is empty where the page shows nothing."""
    return "".join(csv_rows(sheet.lines, translate)).encode("utf-8-sig")


def csv_rows(lines: Iterable[CareLine], translate: Translate) -> Iterator[str]:
    """The title row, then each line, as text that ends with its line break."""
    writer = csv.writer(_Passed(), delimiter=";", lineterminator="\r\n")
    yield writer.writerow(titles(translate))
    for line in lines:
        yield writer.writerow(
            [
                *(safe_cell(text) for text in head_of(line, translate)),
                *(_cell(line, column) for column in COLUMNS),
                safe_cell(because_of(line, translate)),
            ]
        )


class _Passed:
    """What a csv.writer writes to, when its rows go elsewhere: `writerow` gives what `write` returns."""

    def write(self, text: str) -> Any:
        return text


def titles(translate: Translate) -> list[str]:
    """The titles of a spreadsheet of lines, the unit in those of figures."""
    return [
        *(translate(title) for title in (_("Décompte"), _("Soin"), _("Professionnel de santé"))),
        *(translate(column.title) + UNITS.get(column.kind, "") for column in COLUMNS),
        translate(_("Pourquoi notre part est de 0 €")),
    ]


def head_of(line: CareLine, translate: Translate) -> tuple[str, str, str]:
    """The cells before those of COLUMNS: the statement, the care, who gave it."""
    return line.statement_reference, line.label or translate(CLOSED_CARE), line.practitioner or ""


def because_of(line: CareLine, translate: Translate) -> str:
    """The cell after them."""
    return translate(line.because) if line.because else ""


def safe_cell(text: str) -> str:
    """Text that a spreadsheet would take for a formula is marked as text by an apostrophe; amounts never come here."""
    return f"'{text}" if text.startswith(RUNS_IN_EXCEL) else text


def _cell(line: CareLine, column: Column) -> str:
    value: Any = getattr(line, column.name)
    if value is None:
        return ""
    if column.kind in ("money", "rate"):
        return to_decimal_text(value, ",")
    if column.kind == "date":
        return date_short(value)
    return safe_cell(str(value)) if column.kind == "text" else str(value)
