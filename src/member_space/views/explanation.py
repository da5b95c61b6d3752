"""« Expliquer cette ligne » (C55)."""

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.domain.reimbursement_steps import Part
from member_space.services.explanation import Explanation
from member_space.services.explanation_words import NOTICES, PARTS, sentence, source


@view_config(
    route_name="statement_line",
    request_method="GET",
    permission=Permission.VIEW_STATEMENT,
    renderer="statement/line.html.jinja2",
    reads=What.STATEMENT,
)
def statement_line(request: Request) -> dict[str, Any]:
    explained = request.context.found
    price, *paid = (part for part in Part if part is not Part.OTHER or explained.amount(part))
    return {
        "line": explained.line,
        "notice_words": NOTICES.get(explained.verdict),
        "price": _part(request, explained, price),
        "parts": [_part(request, explained, part) for part in paid],
    }


def _part(request: Request, explained: Explanation, part: Part) -> dict[str, Any]:
    translate = request.localizer.translate
    return {
        "name": part.value,
        "title": PARTS[part],
        "amount": explained.amount(part),
        "steps": [
            {
                "words": sentence(step, translate, request.locale_name),
                "source": source(step, translate),
                "amount": step.amount,
            }
            for step in explained.parts[part]
        ],
    }
