"""« Ce qui est demandé »: what the member filled in, in the words of his own page."""

from typing import Any

from pyramid.request import Request
from translationstring import TranslationStringFactory

from member_space.domain.teletransmission import Desired
from member_space.models import Request as MemberRequest
from member_space.services.request_asked import Asked
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
    facts = [(one.label, one.value) for one in facts_of(request, row, asked.household) if one.page]
    if asked.link:
        words = say(SWITCHES[asked.link.to] % {"fund": asked.link.fund_name})
        facts.append((say(_("Télétransmission")), words))
    return {"facts": facts, "nir": nir, "nir_given": "nir" in row.details}
