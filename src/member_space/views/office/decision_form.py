"""The lines of a decision as its form shows them: typed, or drawn from what the member asks for (C79, C82)."""

from collections.abc import Mapping
from typing import Any

from pyramid.request import Request

from member_space.domain.money import to_decimal_text
from member_space.domain.request import RequestKind
from member_space.forms.office_decision import MOST_LINES, is_written, line_fields
from member_space.models import Request as MemberRequest
from member_space.services.quote import lines_of
from member_space.services.quote_difference import invoiced_lines
from member_space.services.simulator import Choices, choices
from member_space.services.simulator_words import SECTORS
from member_space.views.office.quote import QuoteFigures
from member_space.views.request_words import topic_of
from member_space.views.simulator import options_of, shown

SPARE_LINES, SHORTEST = 1, 2
FOLDED = ("quantity", "frame", "base", "sector")
"""What few lines of a quote need: folded until one is written or wrong."""


def decision_form(
    request: Request, row: MemberRequest, typed: Mapping[str, Any] | None, figures: QuoteFigures | None
) -> dict[str, Any]:
    """What office/_decision.html.jinja2 asks for: ``decision_lines``, of each its fields by name; of a quote,
    ``quote``: the cares to choose from, the sectors, what the engine says of each line by rank. ``typed``: None, if
    nothing was typed."""
    known = choices(request.db) if row.kind == RequestKind.QUOTE else None
    begun = _begun(request, row, known) if typed is None else typed
    names = (*line_fields(row.kind), *(("filled",) if known else ()))
    lines = [{name: str(begun.get(f"{name}-{rank}", "")) for name in names} for rank in range(1, MOST_LINES + 1)]
    written = (rank for rank, line in enumerate(lines, start=1) if any(is_written(*one) for one in line.items()))
    count = min(max(max(written, default=0) + SPARE_LINES, SHORTEST), MOST_LINES)
    say = request.localizer.translate
    quote = known and {
        "options": options_of(tuple(shown(one) for one in known.by_code.values())),
        "sectors": [(key, say(one.label)) for key, one in SECTORS.items()],
        "figures": figures.shown(begun) if figures else {},
        "totals": figures.told.totals if figures else None,
        "counted": len(figures.quoted) if figures else 0,
        "closed_to_author": figures is not None and not figures.told.is_open,
        "name": figures.told.name if figures else None,
        "folded": FOLDED,
    }
    return {"decision_lines": lines[:count], "quote": quote}


def _begun(request: Request, row: MemberRequest, known: Choices | None) -> dict[str, str]:
    """The lines that the member typed in his quote, those of the invoice that follows one; else the request itself as
    the first one."""
    invoiced = [one for one in invoiced_lines(request.db, row) if one.invoiced]
    if invoiced:
        return {
            f"{name}-{rank}": text
            for rank, one in enumerate(invoiced, start=1)
            for name, text in (("label", one.label), ("asked", _amount(one.invoiced)))
        }
    kept = lines_of(request.db, row.id)[row.id] if known else []
    if not kept or known is None:
        return {"label-1": topic_of(request, row).label.in_(request.locale_name), "asked-1": _amount(row.amount)}
    begun: dict[str, str] = {}
    for rank, one in enumerate((one.line for one in kept), start=1):
        choice = known.by_code.get(one.care)
        begun |= {
            f"label-{rank}": one.label,
            f"care-{rank}": shown(choice) if choice else one.label,
            f"asked-{rank}": _amount(one.price),
            f"quantity-{rank}": str(one.quantity),
            f"frame-{rank}": _amount(one.frame_price),
            f"base-{rank}": _amount(one.base),
            f"sector-{rank}": one.sector,
        }
    return begun


def _amount(cents: int | None) -> str:
    return to_decimal_text(cents, ",") if cents else ""
