"""Files of members, for who works on their requests: each opening is noted for the member (C125, C157)."""

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.services.attachment_read import give, give_original, note_taken
from member_space.services.request_desk import REASON
from member_space.views.attachment import answer, page_of


@view_defaults(permission=Permission.HANDLE_REQUESTS, reads=What.ATTACHMENT, reason=REASON)
class OfficeAttachmentViews:
    """The pages as pictures; the file itself, and as it came only on demand (`?original=1`)."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.found = request.context.found

    @view_config(route_name="office_attachment", request_method="GET")
    def take(self) -> Response:
        request = self.request
        rank = request.GET.get("original", "")
        original = rank.isascii() and rank.isdecimal() and len(rank) < 4
        try:
            if original:
                given = give_original(request.db, request.tools, self.found, int(rank))
            else:
                given = give(request.tools, self.found)
        except KeyError:
            raise HTTPNotFound from None
        note_taken(request.db, request.identity, self.found, request.origin, REASON, original=original)
        return answer(given)

    @view_config(route_name="office_attachment_preview", request_method="GET")
    def see(self) -> Response:
        return page_of(self.request, self.found)
