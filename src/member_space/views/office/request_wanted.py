"""« Ce qui est demandé »: what the member filled in, in the words of his own page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyramid.request import Request
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.attachment import FileState
from member_space.domain.teletransmission import Desired
from member_space.models import Request as MemberRequest
from member_space.services.attachment import AttachmentRow
from member_space.services.care_line import CareLine
from member_space.services.request_desk import Step
from member_space.services.request_papers import Received
from member_space.services.request_wanted import Wanted, without_of
from member_space.services.statement_words import COLUMNS
from member_space.views.rendering import euros
from member_space.views.request_words import WHY_WITHOUT, facts_of, piece_label

_ = TranslationStringFactory("member_space")

SWITCHES = {
    Desired.ON: _("à établir avec ${fund}"),
    Desired.OFF: _("à arrêter avec ${fund}"),
}

NOT_HAD = _("Je ne l’ai pas")
"""What he ticks beside a paper that was asked for."""


def wanted_card(
    request: Request,
    row: MemberRequest,
    wanted: Wanted,
    log: Sequence[Step],
    files: Sequence[AttachmentRow],
    nir: str | None,
) -> dict[str, Any]:
    """All that office/_request_wanted.html.jinja2 asks for. ``nir``: the number given, where it is revealed."""
    say = request.localizer.translate
    # The object, which has no page, is at the head of the desk's page already.
    facts = [{"label": one.label, "value": one.value} for one in facts_of(request, row, wanted.household) if one.page]
    if wanted.link:
        words = say(SWITCHES[wanted.link.to] % {"fund": wanted.link.fund_name})
        facts.append({"label": say(_("Télétransmission")), "value": words})
    ties = wanted.ties
    return {
        "facts": facts,
        "line": wanted.line,
        "amounts": _amounts(request, wanted.line) if wanted.line else [],
        "ties": ties if ties.statement or ties.before or ties.after else None,
        "absent": _absent(request, row, wanted, log, files),
        "repeats": wanted.repeats,
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


@dataclass(frozen=True, slots=True)
class Absent:
    """A paper that the member says is missing. ``words``: his; ``received``: the one that came before, if it did."""

    piece: str
    words: TranslationString
    said_at: datetime
    received: Received | None


def _absent(
    request: Request, row: MemberRequest, wanted: Wanted, log: Sequence[Step], files: Sequence[AttachmentRow]
) -> list[Absent]:
    """By paper what he said last, before sending or when it was asked for; one that came since is not missing."""
    sent_at = row.sent_at or row.created_at
    said = {code: (WHY_WITHOUT[why], sent_at) for code, why in without_of(row).items() if why in WHY_WITHOUT}
    said |= {code: (NOT_HAD, step.at) for step in log for code in step.without}
    return [
        Absent(piece_label(request, code), words, at, wanted.received.get(code))
        for code, (words, at) in said.items()
        if not any(_came_after(one, code, at) for one in files)
    ]


def _came_after(one: AttachmentRow, code: str, at: datetime) -> bool:
    return one.piece == code and one.state is not FileState.REFUSED and one.sent_at is not None and one.sent_at > at
