"""A year of care as a tagged PDF and as a CSV, in the words of the page (C62)."""

import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any

from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.dates import date_short
from member_space.domain.guarantee import Heading
from member_space.domain.money import format_money, to_decimal_text
from member_space.interfaces import IPdf
from member_space.services.letterhead import dated, letterhead
from member_space.services.statement_csv import safe_cell
from member_space.services.statement_pdf import NOTHING
from member_space.services.statement_words import CLOSED_NOTE
from member_space.services.translation import Translate
from member_space.services.year_summary import Paid, YearSummary
from member_space.settings import Brand

_ = TranslationStringFactory("member_space")


HEADINGS: dict[Heading | None, TranslationString] = {
    Heading.HOSPITAL: _("Hospitalisation"),
    Heading.ROUTINE_CARE: _("Soins courants"),
    Heading.DENTAL: _("Dentaire"),
    Heading.OPTICS: _("Optique"),
    Heading.HEARING: _("Aides auditives"),
    Heading.OTHER: _("Autres soins"),
    None: _("Soins dont le détail lui appartient"),
}
AMOUNTS = ("fee", "amo_net", "other_insurer", "our_share", "member_share")
TITLES: tuple[TranslationString, ...] = (
    _("Frais réels"),
    _("Sécu"),
    _("Autre mutuelle"),
    _("Notre part"),
    _("Reste à charge"),
)
"""Of AMOUNTS."""
BY_DAY_OF_CARE = _(
    "Les soins sont comptés à leur date, pas à celle du virement. Un décompte reçu plus tard peut encore s’ajouter."
)


def to_csv(summary: YearSummary, translate: Translate) -> bytes:
    """One row a person and heading, in euros; sums are left to the spreadsheet."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    heads = [translate(_("Année")), translate(_("Personne")), translate(_("Type de soins")), translate(_("Soins"))]
    writer.writerow([*heads, *(f"{translate(title)} (€)" for title in TITLES)])
    for person in summary.persons:
        for row in person.headings:
            amounts = [to_decimal_text(getattr(row.paid, name), ",") for name in AMOUNTS]
            words = translate(HEADINGS[row.heading])
            writer.writerow([summary.year, safe_cell(person.name), words, row.paid.lines, *amounts])
    return out.getvalue().encode("utf-8-sig")


def to_pdf(summary: YearSummary, today: date, pdf: IPdf, brand: Brand, locale: str, translate: Translate) -> bytes:
    """The document, dated by the day it is asked for: the same year has the same bytes all day long."""
    data = {
        **letterhead(brand, locale, translate),
        "title": translate(_("Récapitulatif ${year}", mapping={"year": str(summary.year)})),
        "facts": [
            [translate(_("Soins reçus")), translate(_("du ${start} au ${end}", mapping=_days(summary)))],
            [translate(_("Établi le")), date_short(today)],
        ],
        "columns": [translate(_("Personne et type de soins")), translate(_("Soins")), *map(translate, TITLES)],
        "rows": list(_rows(summary, locale, translate)),
        "totals": _row(translate(_("Total")), summary.total, locale),
        "empty": translate(_("Aucun soin cette année-là.")),
        "notes": [translate(BY_DAY_OF_CARE), *([translate(CLOSED_NOTE)] if summary.has_closed else [])],
    }
    return pdf.render("year_summary.typ", data, dated(today))


def _days(summary: YearSummary) -> dict[str, str]:
    return {"start": f"01/01/{summary.year}", "end": date_short(summary.until)}


def _rows(summary: YearSummary, locale: str, translate: Translate) -> Iterator[dict[str, Any]]:
    """Each person's sum, then his headings."""
    for person in summary.persons:
        yield {"strong": True, "cells": _row(person.name, person.total, locale)}
        for one in person.headings:
            yield {"strong": False, "cells": _row(translate(HEADINGS[one.heading]), one.paid, locale)}


def _row(name: str, paid: Paid, locale: str) -> list[str]:
    """A sum of 0 € is nothing: a dash, as on the page."""
    amounts = (getattr(paid, amount) for amount in AMOUNTS)
    return [name, str(paid.lines), *(format_money(cents, locale) if cents else NOTHING for cents in amounts)]
