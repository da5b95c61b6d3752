"""A statement as a tagged PDF: the words and figures of the page, laid out by templates/pdf/statement.typ."""

from typing import Any

from translationstring import TranslationStringFactory

from member_space.domain.dates import date_short
from member_space.domain.money import format_money, format_rate
from member_space.interfaces import IPdf
from member_space.services.care_line import CareLine, Payee
from member_space.services.letterhead import dated, letterhead
from member_space.services.statement import StatementHead, StatementSheet
from member_space.services.statement_words import CLOSED_CARE, CLOSED_NOTE, COLUMNS
from member_space.services.translation import Translate
from member_space.settings import Brand

_ = TranslationStringFactory("member_space")


NOTHING = "–"


def to_pdf(sheet: StatementSheet, pdf: IPdf, brand: Brand, locale: str, translate: Translate) -> bytes:
    """The document, dated by the day of issue: the same statement seen by the same person has the same bytes.

    It leaves the space for a tax office or an employer, so it names everybody in full, the insurer too.
    """
    return pdf.render("statement.typ", _document(sheet, brand, locale, translate), dated(sheet.head.issued_on))


def _shown(value: Any, kind: str, locale: str) -> str:
    """A value of a column, by the kind of the column."""
    if kind == "money":
        return format_money(value, locale)
    if kind == "rate":
        return format_rate(value, locale)
    return date_short(value) if kind == "date" else str(value)


def _document(sheet: StatementSheet, brand: Brand, locale: str, translate: Translate) -> dict[str, Any]:
    """All the text of the document, so that the template only lays it out."""
    totals = [column.shown(sheet.totals.get(column.name)) for column in COLUMNS]
    return {
        **letterhead(brand, locale, translate),
        "title": translate(_("Décompte ${reference}", mapping={"reference": sheet.head.reference})),
        "facts": [[translate(label), value] for label, value in _facts(sheet, locale, translate)],
        "table": translate(_("Lignes du décompte")),
        "columns": [translate(_("Soin")), *(translate(column.title) for column in COLUMNS)],
        "rows": [_row(line, locale, translate) for line in sheet.lines],
        "totals": [translate(_("Total")), *("" if total is None else format_money(total, locale) for total in totals)],
        "glossary_title": translate(_("Les mots de ce décompte")),
        "glossary": [[translate(c.title), translate(c.gloss)] for c in COLUMNS if c.gloss],
        "note": translate(CLOSED_NOTE) if sheet.has_closed_lines else "",
    }


def _facts(sheet: StatementSheet, locale: str, translate: Translate) -> list[tuple[str, str]]:
    head = sheet.head
    facts = [
        (_("Titulaire"), head.holder_name),
        (_("Numéro d’adhérent"), head.member_number),
        (_("Contrat"), head.contract_number),
        (_("Émis le"), date_short(head.issued_on)),
        (_("Montant versé"), format_money(sheet.totals["our_share"] or 0, locale)),
        (_("Payé à"), _payee(head, translate)),
        (_("Virement du"), _transfer(sheet, translate)),
        (_("Libellé sur le relevé de banque"), head.payment_reference),
        (_("Compte terminant par"), head.iban_last4),
    ]
    return [(label, value) for label, value in facts if value]


def _payee(head: StatementHead, translate: Translate) -> str:
    """The insured is the holder, whoever reads."""
    if head.payee is not Payee.THIRD_PARTY:
        return head.holder_name
    return head.payee_name or translate(_("Un tiers"))


def _transfer(sheet: StatementSheet, translate: Translate) -> str:
    """Its day; empty when there is nothing to pay."""
    if sheet.head.paid_on:
        return date_short(sheet.head.paid_on)
    return translate(_("à venir")) if sheet.totals["our_share"] else ""


def _row(line: CareLine, locale: str, translate: Translate) -> list[str]:
    """The care with its practitioner and the reason of each 0 €, then the columns of the page."""
    reasons = ((column.title, getattr(line, column.why_zero)) for column in COLUMNS if column.why_zero)
    care = [
        line.label or translate(CLOSED_CARE),
        line.practitioner,
        *(_because(title, reason, translate) for title, reason in reasons if reason),
    ]
    names = {"person_name": "person_full_name"}
    cells = ((column.kind, column.shown(getattr(line, names.get(column.name, column.name)))) for column in COLUMNS)
    figures = (NOTHING if value is None else _shown(value, kind, locale) for kind, value in cells)
    return ["\n".join(part for part in care if part), *figures]


def _because(title: str, reason: str, translate: Translate) -> str:
    words = {"what": translate(title), "why": translate(reason)}
    return translate(_("${what} 0\N{NO-BREAK SPACE}€\N{NO-BREAK SPACE}: ${why}", mapping=words))
