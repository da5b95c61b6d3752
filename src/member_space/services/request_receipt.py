"""The receipt of a request as a tagged PDF: its number, what it says, and each file with its fingerprint (C73)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from translationstring import TranslationStringFactory

from member_space.domain.dates import date_short
from member_space.domain.opening_hours import PARIS
from member_space.interfaces import IPdf
from member_space.models import Request
from member_space.services.letterhead import letterhead
from member_space.services.request_papers import Paper
from member_space.services.translation import Translate
from member_space.settings import Brand

_ = TranslationStringFactory("member_space")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What it proves. ``facts``: (label, value) in words; ``words``: the text that was sent."""

    request: Request
    facts: Sequence[tuple[str, str]]
    papers: Sequence[Paper]
    words: str
    brand: Brand


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
        "papers_title": translate(_("Pièces reçues")),
        "columns": [translate(_("Fichier")), translate(_("Taille")), translate(_("Empreinte SHA-256"))],
        "papers": [[one.name, size_words(one.size, translate), one.sha256] for one in receipt.papers],
        "no_papers": translate(_("Aucune pièce n’a été jointe.")),
        "note": translate(_("L’empreinte est propre à chaque fichier : elle change si un seul caractère change.")),
    }
    return pdf.render("request_receipt.typ", data, int(sent.timestamp()))


def size_words(size: int, translate: Translate) -> str:
    """« 2,4 Mo », « 640 ko »."""
    if size < 1_000_000:
        return translate(_("${size} ko", mapping={"size": max(1, round(size / 1000))}))
    return translate(_("${size} Mo", mapping={"size": f"{size / 1_000_000:.1f}".replace(".", ",")}))


def _when(sent: Any, locale: str) -> dict[str, str]:
    hour = f"{sent:%H:%M}" if locale == "en" else f"{sent.hour} h {sent.minute:02d}"
    return {"day": date_short(sent), "time": hour}
