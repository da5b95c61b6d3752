"""The part of a page where files are added: what partials/upload asks of a view (C66, C68, C95)."""

from dataclasses import dataclass, field

from pyramid.csrf import get_csrf_token
from pyramid.request import Request

from member_space.domain.attachment import AS_TAKEN, MEGABYTE, Limits, SentFile
from member_space.models import Request as MemberRequest
from member_space.services.attachment import begun_of, limits_of, room_of
from member_space.services.request import Actor
from member_space.services.sessions import Identity
from member_space.views.attachment_words import ShownFile, shown_files


@dataclass(frozen=True, slots=True)
class UploadForm:
    """``left``: pieces that may still be added. ``action``: where they are sent, None where the form is another's.

    ``piece`` and ``asked``: codes that go with them. ``back``: the page to come back to. ``errors``: of this form.
    """

    id: str
    limits: Limits
    left: int
    files: list[ShownFile]
    action: str | None = None
    piece: str | None = None
    asked: str | None = None
    back: str | None = None
    errors: list[str] = field(default_factory=list)

    @property
    def taken_megabytes(self) -> int:
        """A photograph may be so large: it is made smaller."""
        return AS_TAKEN // MEGABYTE


def upload_of(
    request: Request,
    found: MemberRequest | None,
    *,
    piece: str | None = None,
    asked: str | None = None,
    asked_piece_id: int | None = None,
    back: str | None = None,
    errors: list[str] | None = None,
) -> UploadForm:
    """For a request, what was added and may still be; without one yet, or for a colleague, a field within a form.

    ``piece``: only the files of this code of the catalogue, and what is added is one. ``asked`` and ``asked_piece_id``:
    the public id and the id of the piece that the office asked for. ``back``: by default this page.
    """
    limits = limits_of(request.tools, found)
    mine = isinstance(request.identity, Identity)
    name = f"fichiers-{piece or asked}" if piece or asked else "fichiers"
    if found is None:
        return UploadForm(name, limits, limits.files, [])
    actor = Actor.of(request.identity, request.origin)
    rows = [
        row
        for row in begun_of(request.db, found, actor)
        if row.asked_piece_id == asked_piece_id and piece in (None, row.piece)
    ]
    return UploadForm(
        id=name,
        limits=limits,
        left=room_of(request.db, request.tools, found, actor, asked_piece_id),
        files=shown_files(request, rows, limits, office=not mine, csrf=get_csrf_token(request)),
        action=request.path_to("request_file_add", request_id=found.public_id) if mine else None,
        piece=piece,
        asked=asked,
        back=back or request.path,
        errors=errors or [],
    )


def files_of(request: Request) -> tuple[list[SentFile], bool]:
    """The files of a form, and whether they are the pages of one document."""
    return request.uploads, request.POST.get("as_one") == "1"
