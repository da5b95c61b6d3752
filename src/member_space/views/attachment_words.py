"""What is said of files: where each stands, and for each reason of refusing one, how to repair it (C66, C69)."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyramid.request import Request
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.attachment import (
    AS_TAKEN,
    MEGABYTE,
    PAGES_MAX,
    PHOTO_FORMATS,
    PHOTOS_MAX,
    PIXELS_MAX,
    FileRefused,
    FileState,
    Limits,
    Refusal,
)
from member_space.services.attachment import AttachmentRow

_ = TranslationStringFactory("member_space")

REFUSALS: dict[Refusal, TranslationString] = {
    Refusal.EMPTY: _(
        "« ${name} » est vide. Ouvrez-le sur votre appareil : s’il s’affiche, choisissez-le à nouveau ; sinon, "
        "reprenez la photo."
    ),
    Refusal.TOO_BIG: _(
        "« ${name} » est trop lourd : ${megabytes} Mo au plus pour un PDF, ${taken} Mo pour une photo, que nous "
        "réduisons. Prenez les pages en photo, ou enregistrez le PDF en plus petit."
    ),
    Refusal.TOO_MANY: _(
        "« ${name} » n’a pas été ajouté : ${files} documents au plus par envoi, et ${photos} photos par document. "
        "Retirez-en un, ou réunissez les photos d’un même document."
    ),
    Refusal.UNKNOWN_KIND: _(
        "« ${name} » n’est ni une photo (${formats}) ni un PDF. Prenez le document en photo, ou enregistrez-le en PDF."
    ),
    Refusal.UNREADABLE: _(
        "« ${name} » ne s’ouvre pas : il est incomplet ou abîmé. Reprenez la photo, ou téléchargez à "
        "nouveau le document."
    ),
    Refusal.TOO_MANY_PIXELS: _(
        "« ${name} » est une image trop grande : ${pixels} millions de points au plus. Reprenez la photo, plus "
        "simplement."
    ),
    Refusal.TOO_MANY_PAGES: _(
        "« ${name} » a plus de ${pages} pages. N’envoyez que celles qui comptent, ou en plusieurs documents."
    ),
    Refusal.ENCRYPTED: _(
        "« ${name} » est protégé par un mot de passe : nous ne pouvons pas l’ouvrir. Enregistrez-le sans mot de passe, "
        "ou prenez-le en photo."
    ),
    Refusal.ACTIVE: _(
        "« ${name} » contient un programme, un formulaire ou un fichier joint, que nous n’ouvrons jamais. Imprimez-le "
        "en PDF, ou prenez-le en photo."
    ),
    Refusal.POLYGLOT: _(
        "« ${name} » contient autre chose qu’un document, que nous n’ouvrons jamais. Imprimez-le en PDF, ou prenez-le "
        "en photo."
    ),
    Refusal.INFLATED: _(
        "« ${name} » devient démesuré quand on l’ouvre. Imprimez-le à nouveau en PDF, ou prenez-le en photo."
    ),
    Refusal.INFECTED: _(
        "Notre antivirus a trouvé un programme dangereux dans « ${name} » : personne ne l’a ouvert. Vérifiez "
        "l’appareil d’où il vient, puis prenez le document en photo."
    ),
    Refusal.UNSCANNABLE: _(
        "Notre antivirus n’a pas pu examiner « ${name} » en entier. Prenez le document en photo, ou enregistrez-le en "
        "plus petit."
    ),
    Refusal.DUPLICATE: _("« ${name} » est déjà dans cette demande : il n’y a rien à refaire."),
    Refusal.NOT_A_PHOTO: _(
        "« ${name} » est un PDF : il ne peut pas être une page de ce document. Ajoutez-le comme un document à part."
    ),
    Refusal.NOT_KEPT: _(
        "« ${name} » n’a pas pu être enregistré : la panne vient de nous. Réessayez dans quelques minutes, le reste "
        "est gardé."
    ),
}
STATES: dict[FileState, tuple[str, TranslationString]] = {
    FileState.RECEIVED: ("wait", _("Reçu, contrôle en cours")),
    FileState.CHECKED: ("good", _("Reçu et contrôlé")),
    FileState.REFUSED: ("bad", _("Refusé")),
}
"""The tone and the word of each."""
NOT_SENT = ("wait", _("Ajouté, pas encore envoyé"))
"""Of what was added for a paper asked for, whatever its control says: nobody at the office sees it yet."""
NOTHING_CHOSEN = _("Choisissez d’abord un fichier : rien n’a été envoyé.")
ENDED = _("Cette demande est terminée : elle ne prend plus de fichiers. Écrivez-nous un message pour en envoyer.")
SENT = _("Ce fichier nous est déjà parvenu : il reste dans votre demande. Dites-nous par un message s’il est faux.")


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A line of partials/files."""

    name: str
    tone: str
    state: str
    size: str
    reason: str | None
    href: str | None
    remove_url: str | None
    csrf: str | None
    pages_url: str | None = None
    """Where its photographs are turned and put in order."""
    remove: str | None = None
    """Where it is taken away by a button of the form around it: the value of that button."""


def refusal_words(request: Request, refusal: FileRefused, limits: Limits) -> str:
    """Why this file is not taken, with its name and the limit, and what to do."""
    values = {
        "name": refusal.name,
        "files": limits.files,
        "megabytes": limits.megabytes,
        "taken": AS_TAKEN // MEGABYTE,
        "photos": PHOTOS_MAX,
        "formats": PHOTO_FORMATS,
        "pages": PAGES_MAX,
        "pixels": PIXELS_MAX // 1_000_000,
    }
    return str(request.localizer.translate(REFUSALS[refusal.why] % values))


def size_words(request: Request, size: int) -> str:
    """« 412 ko », « 2,1 Mo »; in English « 412 kB », « 2.1 MB »."""
    english = request.locale_name == "en"
    if size < MEGABYTE:
        return f"{max(round(size / 1000), 1)}\N{NO-BREAK SPACE}{'kB' if english else 'ko'}"
    amount = f"{size / MEGABYTE:.1f}"
    return f"{amount}\N{NO-BREAK SPACE}MB" if english else f"{amount.replace('.', ',')}\N{NO-BREAK SPACE}Mo"


def shown_files(
    request: Request, rows: Iterable[AttachmentRow], limits: Limits, *, office: bool = False, csrf: str | None = None
) -> list[ShownFile]:
    """The lines of a list of files, as its member or the office is shown them.

    ``csrf``: the token of the page, for what may still be taken away; None: nothing may.
    """
    return [_shown(request, row, limits, office, csrf) for row in rows]


def _shown(request: Request, row: AttachmentRow, limits: Limits, office: bool, csrf: str | None) -> ShownFile:
    waits = row.asked_piece_id and row.sent_at is None and row.state is not FileState.REFUSED
    tone, word = NOT_SENT if waits else STATES[row.state]
    reason = refusal_words(request, FileRefused(row.reason, row.name), limits) if row.reason else None
    href = None
    if row.state is FileState.CHECKED and (row.sent_at or not office):
        href = request.path_to("office_attachment" if office else "attachment_view", attachment_id=row.public_id)
    removable = csrf is not None and row.sent_at is None
    arranged = removable and not office and row.photographs and row.state is not FileState.REFUSED
    remove_url = None if office else request.path_to("request_file_remove", attachment_id=row.public_id)
    return ShownFile(
        name=row.name,
        tone=tone,
        state=str(request.localizer.translate(word)),
        size=size_words(request, row.size),
        reason=reason,
        href=href,
        remove_url=remove_url if removable else None,
        csrf=csrf if removable else None,
        pages_url=request.path_to("attachment_pages", attachment_id=row.public_id) if arranged else None,
        remove=str(row.public_id) if removable and office else None,
    )
