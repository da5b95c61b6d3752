"""The receipt of a request as a tagged PDF: its number, what it says, and each file with its fingerprint (C73)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from translationstring import TranslationStringFactory

from member_space.domain.dates import date_short
from member_space.domain.money import Money, format_money
from member_space.domain.opening_hours import PARIS
from member_space.domain.quote import LineEstimate, Totals, totals_of
from member_space.interfaces import IPdf
from member_space.models import Request
from member_space.services.letterhead import letterhead
from member_space.services.request_papers import Paper
from member_space.services.translation import Translate
from member_space.settings import Brand

_ = TranslationStringFactory("member_space")


@dataclass(frozen=True, slots=True)
class EstimatedLine:
    """A line of a quote; ``estimate`` None: nothing could be computed."""

    label: str
    price: Money
    estimate: LineEstimate | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What it proves. ``facts``: (label, value) in words; ``words``: the text that was sent; ``lines``: of a quote."""

    request: Request
    facts: Sequence[tuple[str, str]]
    papers: Sequence[Paper]
    words: str
    brand: Brand
    lines: Sequence[EstimatedLine] = ()


def to_pdf(receipt: Receipt, pdf: IPdf, locale: str, translate: Translate) -> bytes:
    """The document, dated by the sending: the same request has the same bytes as long as nothing is added to it."""
    sent = receipt.request.sent_at
    if sent is None:
        raise ValueError("a draft has no receipt")
    brand = receipt.brand
    data: dict[str, Any] = {
        **letterhead(brand, locale, translate),
        "title": translate(_("Accusé de réception ${number}", mapping={"number": receipt.request.number})),
        "received": translate(
            _("Reçu le ${day} à ${time}, heure de Paris.", mapping=_when(sent.astimezone(PARIS), locale))
        ),
        "facts": [list(fact) for fact in receipt.facts],
        "message_title": translate(_("Votre message")),
        "message": receipt.words,
        **_lines(receipt.lines, locale, translate),
        "papers_title": translate(_("Pièces reçues")),
        "columns": [translate(_("Fichier")), translate(_("Taille")), translate(_("Empreinte SHA-256"))],
        "papers": [[one.name, size_words(one.size, translate), one.sha256] for one in receipt.papers],
        "no_papers": translate(_("Aucune pièce n’a été jointe.")),
        "note": translate(_("L’empreinte est propre à chaque fichier : elle change si un seul caractère change.")),
    }
    return pdf.render("request_receipt.typ", data, int(sent.timestamp()))


def _lines(lines: Sequence[EstimatedLine], locale: str, translate: Translate) -> dict[str, Any]:
    """The lines of a quote with their estimate, and what they add up to where there are several."""
    computed = [one.estimate for one in lines if one.estimate]
    totals = totals_of(computed)

    def amounts(price: Money, told: LineEstimate | Totals | None) -> list[str]:
        shares = (told.amo, told.ours, told.rest) if told else ()
        return [format_money(one, locale) for one in (price, *shares)] + ["–"] * (3 - len(shares))

    rows = [[one.label, *amounts(one.price, one.estimate)] for one in lines]
    whole = len(computed) == len(lines)
    label = translate(_("Au total") if whole else _("Au total des lignes estimées"))
    return {
        "lines_title": translate(_("Votre estimation")),
        "lines_columns": [
            translate(one)
            for one in (
                _("Soin"),
                _("Prix du devis"),
                _("Assurance Maladie"),
                _("Notre part"),
                _("Il vous resterait"),
            )
        ],
        "lines": rows,
        "lines_total": [label, *amounts(totals.price, totals)] if len(lines) > 1 and computed else [],
        "lines_note": translate(
            _("Calculée par l’espace adhérent le jour de l’envoi : notre réponse la confirmera, ou dira ce qui change.")
        ),
    }


def size_words(size: int, translate: Translate) -> str:
    """« 2,4 Mo », « 640 ko »."""
    if size < 1_000_000:
        return translate(_("${size} ko", mapping={"size": max(1, round(size / 1000))}))
    return translate(_("${size} Mo", mapping={"size": f"{size / 1_000_000:.1f}".replace(".", ",")}))


def _when(sent: Any, locale: str) -> dict[str, str]:
    hour = f"{sent:%H:%M}" if locale == "en" else f"{sent.hour} h {sent.minute:02d}"
    return {"day": date_short(sent), "time": hour}
