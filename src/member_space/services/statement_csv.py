"""A statement as a CSV that Excel FR opens by itself: UTF-8 with BOM, « ; », comma decimals, no cell that runs."""

import csv
from collections.abc import Callable
from io import StringIO
from typing import Any

from translationstring import TranslationStringFactory

from member_space.domain.money import to_decimal_text
from member_space.services.care_line import CareLine
from member_space.services.statement import StatementSheet
from member_space.services.statement_words import CLOSED_CARE, COLUMNS, Column

_ = TranslationStringFactory("member_space")

UNITS = {"money": " (€)", "rate": " (%)"}
RUNS_IN_EXCEL = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def to_csv(sheet: StatementSheet, translate: Callable[[str], str]) -> bytes:
    """One row a line of care, in the columns of the page; a cell is empty where the page shows nothing."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    titles = [_("Décompte"), _("Soin"), _("Professionnel de santé")]
    writer.writerow(
        [
            *(translate(title) for title in titles),
            *(translate(column.title) + UNITS.get(column.kind, "") for column in COLUMNS),
            translate(_("Pourquoi notre part est de 0 €")),
        ]
    )
    for line in sheet.lines:
        writer.writerow(
            [
                safe_cell(sheet.head.reference),
                safe_cell(line.label or translate(CLOSED_CARE)),
                safe_cell(line.practitioner or ""),
                *(_cell(line, column) for column in COLUMNS),
                safe_cell(translate(line.because)) if line.because else "",
            ]
        )
    return out.getvalue().encode("utf-8-sig")


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
        return str(value.strftime("%d/%m/%Y"))
    return safe_cell(str(value)) if column.kind == "text" else str(value)
