"""« Expliquer cette ligne » (C55)."""

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.services.explanation_words import NOTICES, said_parts


@view_config(
    route_name="statement_line",
    request_method="GET",
    permission=Permission.VIEW_STATEMENT,
    renderer="statement/line.html.jinja2",
    reads=What.STATEMENT,
)
def statement_line(request: Request) -> dict[str, Any]:
    explained = request.context.found
    price, *parts = said_parts(explained.steps, request.localizer.translate, request.locale_name)
    notice_words = NOTICES.get(explained.verdict)
    return {"line": explained.line, "notice_words": notice_words, "price": price, "parts": parts}
