"""« Du nouveau ? », asked by open pages: 304 when nothing is; an answer at once, so that no thread is held."""

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from member_space.domain.permissions import Permission
from member_space.forms.office_request import read_request_query
from member_space.services.freshness import News, news_of_member, news_of_office


@view_config(route_name="office_fresh", request_method="GET", permission=Permission.HANDLE_REQUESTS)
def office(request: Request) -> Response:
    """Of the office's list, with its kind and queue."""
    kept = read_request_query(request.GET).kept
    return _answer(request, news_of_office(request.db, request.tools, kept, request.identity.account_id))


@view_config(route_name="messages_fresh", request_method="GET", permission=Permission.VIEW_REQUESTS)
def member(request: Request) -> Response:
    """Of one's own requests."""
    return _answer(request, news_of_member(request.db, request.identity.person_id))


def _answer(request: Request, news: News) -> Response:
    """The tag is compared here: answers that are somebody's are stored nowhere (no-store), and the script keeps it."""
    if news.tag in request.if_none_match:
        return Response(status=304, etag=news.tag)
    return Response(json_body={"tokens": news.tokens}, etag=news.tag)
