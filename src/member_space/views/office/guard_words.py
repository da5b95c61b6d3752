"""Why a text may not be ready to leave, in the words of the office (R27)."""

from collections.abc import Iterable

from pyramid.request import Request
from translationstring import TranslationStringFactory

from member_space.domain.reply_guard import Doubt
from member_space.models import Request as MemberRequest
from member_space.services.reply_guard import doubts_about

_ = TranslationStringFactory("member_space")

DOUBTS = {
    Doubt.BLANK: _("« ${words} » semble rester à remplir."),
    Doubt.MENTION: _("« ${words} » s’adresse à un collègue."),
    Doubt.INNER: _("« ${words} » est écrit pour le bureau."),
    Doubt.NIR: _("Un numéro de sécurité sociale y figure en clair."),
    Doubt.IBAN: _("Un IBAN y figure en clair."),
    Doubt.OTHER_NAME: _("« ${words} » est le nom d’un autre adhérent, que vous avez consulté."),
    Doubt.OTHER_NUMBER: _("« ${words} » est le numéro d’un autre adhérent, que vous avez consulté."),
    Doubt.OTHER_PHONE: _("Le téléphone d’un autre adhérent, que vous avez consulté, y figure."),
}


def said_doubts(request: Request, row: MemberRequest, texts: Iterable[str | None]) -> list[str]:
    """Each reason to read these texts once more before the member of this request does."""
    text = "\n".join(text for text in texts if text)
    found = doubts_about(request.db, request.tools, request.identity, row, text)
    return [request.localizer.translate(_(DOUBTS[one.doubt], mapping={"words": one.words})) for one in found]
