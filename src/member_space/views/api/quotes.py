"""The answer of the office to a quote, line by line."""

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from translationstring import TranslationStringFactory

from member_space.domain.decision import Line, total_of
from member_space.domain.opening_hours import PARIS
from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.domain.request import RequestKind
from member_space.services.decision_words import REASONS
from member_space.services.request_decision import decision_of, estimated_until
from member_space.views.api.endpoint import endpoint
from member_space.views.api.values import amount, amount_or_none, answer
from member_space.views.quote_answer import answered_lines, caveat_of

_ = TranslationStringFactory("member_space")

ANSWER = _("Réponse à votre devis")


@endpoint("api_quote_answer", Permission.VIEW_QUOTE, reads=What.REQUEST)
def quote_answer(request: Request) -> dict[str, Any]:
    """404 while there is none. What another adult used, and did not open, is left out of where amounts come from."""
    household, found = request.context.household, request.context.found
    lines = decision_of(request.db, found) if found.kind == RequestKind.QUOTE and found.outcome else []
    if not lines:
        raise HTTPNotFound
    household.note({found.author_person_id, found.person_id} - {None})
    until = estimated_until(found, lines)
    body = {
        "quote": {"id": found.public_id, "number": found.number},
        "outcome": found.outcome,
        "answered_on": found.closed_at and found.closed_at.astimezone(PARIS).date(),
        "valid_until": until,
        "caveat": caveat_of(request, until),
        "lines": [
            _line(request, one.line)
            | {
                "base": amount_or_none(one.base),
                "facts": [{"label": name, "value": words} for name, words in one.facts],
            }
            for one in answered_lines(request, household, found, lines)
        ],
        "total": _amounts(total_of(lines, "")),
    }
    return answer(request, body, source=(ANSWER, request.route_url("request", request_id=found.public_id)))


def _line(request: Request, one: Line) -> dict[str, Any]:
    say, words = request.localizer.translate, REASONS[one.reason] if one.reason else None
    return {
        "label": one.label,
        **_amounts(one),
        "reason": one.reason,
        "reason_words": words and say(words.told),
        "next_step": words and say(words.next_step_of(RequestKind.QUOTE)),
        "note": one.note,
    }


def _amounts(one: Line) -> dict[str, Any]:
    """Where the part of the Assurance Maladie is not known, what is left is at most that."""
    return {
        "price": amount(one.asked),
        "health_fund": amount_or_none(one.amo),
        "our_share": amount(one.granted),
        "left_to_pay": amount(one.left),
        "left_is_at_most": one.amo is None,
    }
