"""The part of a page where files are added: what partials/upload asks of a view (C66, C68, C95)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pyramid.csrf import get_csrf_token
from pyramid.request import Request

from member_space.domain.attachment import AS_TAKEN, MEGABYTE, PHOTO_FORMATS, Limits, SentFile
from member_space.domain.request import Side
from member_space.models import AskedPiece
from member_space.models import Request as MemberRequest
from member_space.services.attachment import AttachmentRow, limits_of, room_of
from member_space.services.sessions import Identity
from member_space.views.attachment_words import ShownFile, shown_files

PROVIDE_FORM = "reponse-pieces"
"""The id of the form that hands over what was asked for, on the page of a request."""


@dataclass(frozen=True, slots=True)
class UploadForm:
    """``left``: pieces that may still be added. ``action``: where they are sent, None where the form is another's.

    ``piece`` and ``asked``: codes that go with them. ``back``: the page to come back to. ``errors``: of this form.
    ``sent_by``: the id of another form of the page, which sends what was added.
    """

    id: str
    limits: Limits
    left: int
    files: list[ShownFile]
    action: str | None = None
    piece: str | None = None
    asked: str | None = None
    back: str | None = None
    errors: Sequence[str] = ()
    sent_by: str | None = None

    @property
    def taken_megabytes(self) -> int:
        """A photograph may be so large: it is made smaller."""
        return AS_TAKEN // MEGABYTE

    @property
    def photo_formats(self) -> str:
        """The formats of photographs that are taken."""
        return PHOTO_FORMATS


def field_of(request: Request, errors: Sequence[str] = ()) -> UploadForm:
    """A field within the form of a message or of the safe: its files leave with it."""
    limits = limits_of(request.tools, None)
    return UploadForm("fichiers", limits, limits.files, [], errors=errors)


def upload_of(
    request: Request,
    found: MemberRequest,
    rows: Iterable[AttachmentRow],
    *,
    piece: str | None = None,
    asked: AskedPiece | None = None,
    back: str | None = None,
    errors: Sequence[str] = (),
    sent_by: str | None = None,
) -> UploadForm:
    """What was added to a request and not sent, and what may still be; for a colleague, within a form. No statement.

    ``rows``: what this side has begun, among others or not. ``piece``: only the files of this code of the catalogue,
    and what is added is one. ``asked``: as ``piece``, of what the office asked for. ``back``: by default this page.
    """
    limits = limits_of(request.tools, found)
    mine = isinstance(request.identity, Identity)
    side = Side.MEMBER if mine else Side.OFFICE
    asked_id = asked.id if asked else None
    code = str(asked.public_id) if asked else piece
    begun = [one for one in rows if one.sent_at is None and (one.side, one.asked_piece_id) == (side, asked_id)]
    shown = [one for one in begun if piece in (None, one.piece)]
    return UploadForm(
        id=f"fichiers-{code}" if code else "fichiers",
        limits=limits,
        left=room_of(begun, limits, asked_id),
        files=shown_files(request, shown, limits, office=not mine, csrf=get_csrf_token(request)),
        action=request.path_to("request_file_add", request_id=found.public_id) if mine else None,
        piece=piece,
        asked=code if asked else None,
        back=back or request.path,
        errors=errors,
        sent_by=sent_by,
    )


def files_of(request: Request) -> tuple[list[SentFile], bool]:
    """The files of a form, and whether they are the pages of one document."""
    return request.uploads, request.POST.get("as_one") == "1"
