"""Files of one's own: added to a request, seen as pictures, kept, taken back (C66–C69, C95, C125)."""

from collections.abc import Callable, Sequence
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.renderers import render
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from member_space.domain.attachment import SentFile
from member_space.domain.permissions import Permission
from member_space.domain.request import LIVING, Gone, NotAllowed
from member_space.forms.ids import uuid_in
from member_space.security.addresses import is_own_path
from member_space.security.drafts import asked_by_script
from member_space.security.headers import OF_A_FILE
from member_space.services.asked_piece import add_and_hand_over
from member_space.services.attachment import attachments_of, limits_of, remove, rows_of_one
from member_space.services.attachment_again import files_again, find_own_document
from member_space.services.attachment_read import Given, give, preview
from member_space.services.catalogue import catalogue_of
from member_space.services.request import Actor
from member_space.services.request_find import find_asked_piece
from member_space.views.attachment_words import ENDED, NOTHING_CHOSEN, SENT, refusal_words, shown_files
from member_space.views.done import go_on
from member_space.views.upload import PROVIDE_FORM, UploadForm, files_of, upload_of

ADD = "attachment/add.html.jinja2"


@view_defaults(route_name="request_file_add", permission=Permission.SEND_REQUEST, renderer=ADD)
class AddViews:
    """A form of its own, as it is without a script; what a script sends comes here too, and is answered in JSON."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.found = request.context.found
        code = request.params.get("piece", "")
        self.piece = code if code in catalogue_of(request.tools.settings).pieces else None
        asked = uuid_in(request.params, "asked")
        self.asked = find_asked_piece(request.db, self.found, asked) if asked else None

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page([])

    @view_config(request_method="POST", uploads=True)
    def add(self) -> Any:
        request = self.request
        errors = self._add()
        if asked_by_script(request):
            return self._for_the_script(errors)
        if errors:
            request.response.status_int = 422
            return self._page(errors)
        return go_on(self._back(), "fichier-ajoute")

    def _add(self) -> list[str]:
        """Take what was sent; the words of what was not taken."""
        request, found = self.request, self.found
        # To one that ended, files come with the words of its thread.
        if found.state not in LIVING:
            return [request.localizer.translate(ENDED)]
        uploads, as_one = self._sent()
        if not uploads:
            return [request.localizer.translate(NOTHING_CHOSEN)]
        try:
            refused = add_and_hand_over(
                request.db,
                request.tools,
                found,
                uploads,
                actor=Actor.of(request.identity, request.origin),
                piece=self.piece,
                as_one=as_one,
                asked=self.asked,
            )
        except Gone:
            raise HTTPNotFound from None
        except NotAllowed:
            return [request.localizer.translate(ENDED)]
        return [refusal_words(request, one, limits_of(request.tools, found)) for one in refused]

    def _sent(self) -> tuple[Sequence[SentFile], bool]:
        """The files of the form, or of a document of one's own; whether they are one piece."""
        request = self.request
        if "document" not in request.POST:
            return files_of(request)
        public_id = uuid_in(request.POST, "document")
        document = find_own_document(request.db, request.context.household, public_id) if public_id else None
        if document is None:
            raise HTTPNotFound
        again = files_again(request.db, request.tools, document)
        request.add_finished_callback(lambda _request: [one.file.close() for one in again])
        return again, True

    def _back(self) -> str:
        given = self.request.params.get("next", "")
        return given if is_own_path(given) else str(self.request.path)

    def _upload(self, errors: list[str], *, in_page: bool = False) -> UploadForm:
        return upload_of(
            self.request,
            self.found,
            attachments_of(self.request.db, self.found.id),
            piece=None if self.asked else self.piece,
            asked=self.asked,
            back=self._back(),
            errors=errors,
            sent_by=PROVIDE_FORM if in_page and self.asked else None,
        )

    def _page(self, errors: list[str]) -> dict[str, Any]:
        return {"found": self.found, "upload": self._upload(errors), "back": self._back()}

    def _for_the_script(self, errors: list[str]) -> Response:
        """The list anew, as the page would show it."""
        upload = self._upload(errors, in_page=True)
        body = {
            "list": render("attachment/list.html.jinja2", {"upload": upload}, self.request),
            "left": upload.left,
            "errors": errors,
        }
        return Response(json_body=body, status=422 if errors else 200)


@view_defaults(permission=Permission.VIEW_REQUESTS)
class AttachmentViews:
    """One file, once it was checked."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.found = request.context.found

    @view_config(route_name="attachment_view", request_method="GET", renderer="attachment/view.html.jinja2")
    def show(self) -> dict[str, Any]:
        request = self.request
        [row] = rows_of_one(request.db, self.found)
        limits = limits_of(request.tools, None)
        return {"row": row, "file": shown_files(request, [row], limits)[0], "problem": None}

    @view_config(route_name="attachment", request_method="GET")
    def take(self) -> Response:
        try:
            return answer(give(self.request.tools, self.found))
        except KeyError:
            raise HTTPNotFound from None

    @view_config(route_name="attachment_preview", request_method="GET")
    def see(self) -> Response:
        return page_of(self.request, self.found)

    @view_config(
        route_name="request_file_remove",
        request_method="POST",
        permission=Permission.SEND_REQUEST,
        renderer="attachment/view.html.jinja2",
    )
    def take_back(self) -> Any:
        request = self.request
        try:
            remove(request.db, request.tools, self.found, Actor.of(request.identity, request.origin))
        except NotAllowed:
            request.response.status_int = 422
            return self.show() | {"problem": request.localizer.translate(SENT)}
        given = request.POST.get("next", "")
        return go_on(given if is_own_path(given) else request.path_to("home"), "fichier-retire")


def answer(given: Given) -> Response:
    """A file to keep: a short link to the storage, or its bytes, which no browser opens as a page of ours."""
    if given.link:
        return Response(status=303, location=given.link)
    response = Response(app_iter=given.chunks)
    response.headers["Content-Type"] = given.media_type
    response.content_length = given.size
    response.content_disposition = given.disposition
    response.headers["Content-Security-Policy"] = OF_A_FILE
    return response


def page_of(request: Request, found: Any) -> Response:
    """The picture of one page."""
    return picture(lambda page: preview(request.tools, found, page), request)


def picture(read: Callable[[int], bytes], request: Request) -> Response:
    """What is read for the page of the address."""
    try:
        data = read(int(request.matchdict["page"]))
    except KeyError:
        raise HTTPNotFound from None
    response = Response(data)
    response.headers["Content-Type"] = "image/jpeg"
    response.headers["Content-Security-Policy"] = OF_A_FILE
    return response
