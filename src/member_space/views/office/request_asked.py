"""« Ce qui est demandé »: what the member filled in, in the words of his own page."""

from typing import Any

from pyramid.request import Request
from translationstring import TranslationStringFactory

from member_space.domain.teletransmission import Desired
from member_space.models import Request as MemberRequest
from member_space.services.care_line import CareLine
from member_space.services.request_asked import Asked
from member_space.services.statement_words import COLUMNS
from member_space.views.rendering import euros
from member_space.views.request_words import facts_of

_ = TranslationStringFactory("member_space")

SWITCHES = {
    Desired.ON: _("à établir avec ${fund}"),
    Desired.OFF: _("à arrêter avec ${fund}"),
}


def asked_card(request: Request, row: MemberRequest, asked: Asked, nir: str | None) -> dict[str, Any]:
    """All that office/_request_asked.html.jinja2 asks for. ``nir``: the number given, where it is revealed."""
    say = request.localizer.translate
    # The object, which has no page, is at the head of the desk's page already.
    facts = [{"label": one.label, "value": one.value} for one in facts_of(request, row, asked.household) if one.page]
    if asked.link:
        words = say(SWITCHES[asked.link.to] % {"fund": asked.link.fund_name})
        facts.append({"label": say(_("Télétransmission")), "value": words})
    ties = asked.ties
    return {
        "facts": facts,
        "line": asked.line,
        "amounts": _amounts(request, asked.line) if asked.line else [],
        "ties": ties if ties.statement or ties.before or ties.after else None,
        "nir": nir,
        "nir_given": "nir" in row.details,
    }


def _amounts(request: Request, line: CareLine) -> list[dict[str, Any]]:
    """The figures of the line under the titles of its statement, as far as its member sees them."""
    say = request.localizer.translate
    found = [(column, column.shown(getattr(line, column.name))) for column in COLUMNS if column.kind == "money"]
    return [
        {
            "label": say(column.title),
            "value": euros(value, request.locale_name),
            "note": say(getattr(line, column.why_zero)) if column.why_zero and value == 0 else None,
        }
        for column, value in found
        if value is not None
    ]
