"""The messages of a request as a tagged PDF, with its pieces; instants in Paris, with their offset (C102)."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy.orm import Session
from translationstring import TranslationStringFactory

from member_space.domain.attachment import FileState
from member_space.domain.opening_hours import PARIS
from member_space.domain.request import Side
from member_space.interfaces import IPdf
from member_space.models import Request
from member_space.services.attachment import AttachmentRow, attachments_of
from member_space.services.letterhead import letterhead
from member_space.services.request_thread import ThreadMessage, thread_of
from member_space.services.tools import Tools
from member_space.services.translation import Translate

_ = TranslationStringFactory("member_space")


STATES = {
    FileState.RECEIVED: _("reçu, contrôle en cours"),
    FileState.CHECKED: _("reçu et contrôlé"),
    FileState.REFUSED: _("refusé"),
}


def thread_pdf(
    db: Session, tools: Tools, request: Request, facts: Mapping[str, str], title: str, say: Translate, locale: str
) -> bytes:
    """The document as of now; ``facts``: what the request is, in words; ``say``: translates."""
    now, brand = tools.now(), tools.settings.brand
    files = attachments_of(db, request.id, sent_only=True)
    sides = {Side.MEMBER: facts["author"], Side.OFFICE: brand.name, Side.SYSTEM: brand.name}
    shown = {label: value for label, value in facts.items() if label != "author"}
    data = {
        **letterhead(brand, locale, say),
        "title": title,
        "facts": [*shown.items(), (say(_("Document fait le")), in_paris(now))],
        "messages_title": say(_("Nos échanges")),
        "messages": [_message(one, sides, files, say) for one in _all(db, request)],
        "files_title": say(_("Pièces")),
        "files_columns": [say(_("Nom")), say(_("Donnée par")), say(_("État")), say(_("Date"))],
        "files": [
            [one.name, sides[Side(one.side)], say(STATES[one.state]), in_paris(one.sent_at or one.created_at)]
            for one in files
        ],
        "note": say(_("Heures de Paris ; l’écart avec le temps universel est entre parenthèses.")),
    }
    pdf: bytes = tools.find(IPdf).render("thread.typ", data, int(now.timestamp()))
    return pdf


def in_paris(at: datetime) -> str:
    """« 16/06/2026 11:00:05 (UTC+02:00) »: twice a year the same hour comes back, its offset does not."""
    local = at.astimezone(PARIS)
    offset = local.strftime("%z")
    return f"{local:%d/%m/%Y %H:%M:%S} (UTC{offset[:3]}:{offset[3:]})"


def _all(db: Session, request: Request) -> Iterator[ThreadMessage]:
    """Every message, page after page."""
    last: int | None = 0
    while last is not None:
        page = thread_of(db, request, after=last)
        yield from page.messages
        last = page.newer


def _message(
    message: ThreadMessage, sides: Mapping[Side, str], files: list[AttachmentRow], say: Translate
) -> tuple[str, str, str]:
    theirs = [one.name for one in files if one.message_id == message.id]
    joined = f"{say(_('Pièces jointes'))}\N{NO-BREAK SPACE}: {', '.join(theirs)}" if theirs else ""
    who = sides[message.side]
    if message.on_behalf:
        who = f"{who} ({say(_('par un conseiller au téléphone'))})"
    if message.assistant:
        who = f"{who} ({say(_('par l’assistant ${name}', mapping={'name': message.assistant}))})"
    return f"{who}, {in_paris(message.sent_at)}", message.body, joined
