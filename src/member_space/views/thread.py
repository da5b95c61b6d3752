"""The thread of a request: read, answered, thanked for, rated (C96, C98, C103)."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from pyramid.httpexceptions import HTTPNotFound
from pyramid.renderers import render_to_response
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.domain.request import NotAllowed, State
from member_space.forms.ids import number_in
from member_space.forms.message import LENGTH_HELP, NO_STARS, read_key, read_text
from member_space.models import Request as MemberRequest
from member_space.security.drafts import draft_of, sent_form
from member_space.services import draft as drafts
from member_space.services.attachment import AttachmentRow, limits_of
from member_space.services.request import Actor
from member_space.services.request_thread import (
    ENDED,
    Reply,
    goes_on,
    mark_read_by_member,
    may_rate,
    rate,
    reply,
    thread_of,
    ties_of,
)
from member_space.services.thread_pdf import thread_pdf
from member_space.views.attachment_words import ShownFile, refusal_words, shown_files
from member_space.views.done import go_on
from member_space.views.download import PDF, download
from member_space.views.request_words import chip_of, topic_of
from member_space.views.upload import field_of, files_of

_ = TranslationStringFactory("member_space")

PATH = "request"
FILES_ALONE = _("Voici les documents.")
THANKS = _("Merci, tout est clair.")
LONGEST_RATING = 2_000


def thread_values(request: Request, row: MemberRequest, files: Iterable[AttachmentRow]) -> dict[str, Any]:
    """What partials/thread asks of the page of a request: its messages, now read, and what may be answered.

    ``files``: its pieces.
    """
    path = request.route_path(PATH, request_id=row.public_id)
    page = thread_of(request.db, row, before=number_in(request.GET, "avant"), after=number_in(request.GET, "apres"))
    request.unread_count = max(0, request.unread_count - mark_read_by_member(request.db, request.tools, row))
    return {
        "thread": page,
        "thread_older_url": page.older and f"{path}?avant={page.older}#echanges",
        "thread_newer_url": page.newer and f"{path}?apres={page.newer}#echanges",
        "thread_files": _files(request, row, files),
        "thread_ties": ties_of(request.db, row),
        "may_rate": may_rate(row),
        **reply_values(request, row),
    }


def _files(request: Request, row: MemberRequest, files: Iterable[AttachmentRow]) -> dict[int, list[ShownFile]]:
    """The files of each message, by its number."""
    found: dict[int, list[ShownFile]] = {}
    limits = limits_of(request.tools, row)
    for one in files:
        if one.message_id:
            found.setdefault(one.message_id, []).extend(shown_files(request, [one], limits))
    return found


def reply_values(request: Request, row: MemberRequest) -> dict[str, Any]:
    """What the form of an answer asks."""
    path = request.route_path(PATH, request_id=row.public_id)
    return {
        "reply_draft": draft_of(request, "texte", path=path),
        "reply_key": request.POST.get("cle") or str(uuid4()),
        "reply_goes_on": goes_on(row, request.tools.now()),
        "reply_ended": row.state in ENDED,
        "reply_most": request.localizer.translate(LENGTH_HELP),
        "reply_upload": field_of(request),
    }


def left(request: Request, sent: Reply, code: str) -> Any:
    """To the request that holds the words; where files could not leave, a page names them, as the words did."""
    row = sent.request
    if not sent.refused:
        return go_on(request.route_path(PATH, request_id=row.public_id), code)
    form = sent_form(request)
    if form:
        drafts.forget(request.db, form)
    limits = limits_of(request.tools, row)
    values = {
        "row": row,
        "refused": [refusal_words(request, one, limits) for one in sent.refused],
        **reply_values(request, row),
        "reply_key": str(uuid4()),
    }
    return render_to_response("message/sent.html.jinja2", values, request)


@view_defaults(permission=Permission.SEND_REQUEST, request_method="POST")
class ThreadViews:
    """What a member does in a thread of his own."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.row: MemberRequest = request.context.found

    @view_config(route_name="request_reply", renderer="message/reply.html.jinja2", uploads=True)
    def answer(self) -> Any:
        request = self.request
        thanks = "merci" in request.POST
        body, problem = (request.localizer.translate(THANKS), None) if thanks else read_text(request.POST)
        if not body and request.uploads:
            body, problem = request.localizer.translate(FILES_ALONE), None
        if problem:
            return self._again(body, str(request.localizer.translate(problem)))
        actor = Actor.of(request.identity, request.origin)
        files, as_one = files_of(request)
        key = read_key(request.POST)
        try:
            held = reply(
                request.db,
                request.tools,
                self.row,
                actor,
                body,
                thanks=thanks,
                key=key,
                files=() if thanks else files,
                as_one=as_one,
            )
        except NotAllowed:
            return self._again(body, str(request.localizer.translate(_("Ce brouillon n’est pas encore envoyé."))))
        if thanks:
            return left(request, held, "merci-dit")
        return left(request, held, "reponse-envoyee" if held.request is self.row else "suite-envoyee")

    @view_config(route_name="request_thread_pdf", request_method="GET", permission=Permission.VIEW_REQUESTS)
    def keep(self) -> Response:
        """The whole thread on paper."""
        request, row = self.request, self.row
        if row.state == State.DRAFT:
            raise HTTPNotFound
        say, identity = request.localizer.translate, request.identity
        facts = {
            "author": f"{identity.first_name} {identity.last_name}",
            say(_("Demande")): row.number or "",
            say(_("Objet")): topic_of(request, row).label.in_(request.locale_name),
            say(_("De")): f"{identity.first_name} {identity.last_name}",
            say(_("État")): chip_of(request, row)[1],
        }
        title = say(_("Échanges de la demande ${number}", mapping={"number": row.number or ""}))
        body = thread_pdf(request.db, request.tools, row, facts, title, say, request.locale_name)
        return download(body, f"echanges-{row.number}.pdf", PDF)

    @view_config(route_name="request_rate", renderer="message/rate.html.jinja2")
    def mark(self) -> Any:
        """One to five, and a free text."""
        request = self.request
        given = request.POST.get("note", "")
        text = request.POST.get("avis", "").strip()[:LONGEST_RATING]
        if given not in ("1", "2", "3", "4", "5"):
            request.response.status_int = 422
            return {"row": self.row, "text": text, "problem": request.localizer.translate(NO_STARS)}
        rate(request.db, request.tools, self.row, int(given), text or None)
        return go_on(request.route_path(PATH, request_id=self.row.public_id), "avis-donne")

    def _again(self, body: str, problem: str) -> dict[str, Any]:
        self.request.response.status_int = 422
        return {"row": self.row, "text": body, "problem": problem, **reply_values(self.request, self.row)}
