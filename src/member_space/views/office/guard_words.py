"""Why a text may not be ready to leave, in the words of the office (R27)."""

from collections.abc import Iterable

from pyramid.request import Request
from translationstring import TranslationStringFactory

from member_space.domain.reply_guard import Doubt, doubts_of

_ = TranslationStringFactory("member_space")

DOUBTS = {
    Doubt.BLANK: _("« ${words} » semble rester à remplir."),
    Doubt.MENTION: _("« ${words} » s’adresse à un collègue."),
    Doubt.INNER: _("« ${words} » est écrit pour le bureau."),
    Doubt.NIR: _("Un numéro de sécurité sociale y figure en clair."),
    Doubt.IBAN: _("Un IBAN y figure en clair."),
}


def said_doubts(request: Request, texts: Iterable[str | None]) -> list[str]:
    """Each reason to read these texts once more before the member does."""
    found = doubts_of("\n".join(text for text in texts if text))
    return [request.localizer.translate(_(DOUBTS[one.doubt], mapping={"words": one.words})) for one in found]
