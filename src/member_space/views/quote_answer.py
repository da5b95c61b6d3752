"""The answer to a quote on its member's page: each line with where its figures come from (C82)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from pyramid.request import Request

from member_space.domain.attachment import FileState
from member_space.domain.decision import Line
from member_space.domain.privacy import View
from member_space.domain.request import Side
from member_space.models import Request as MemberRequest
from member_space.services.attachment import AttachmentRow
from member_space.services.household import Household
from member_space.services.quote_answer import PREFIX
from member_space.services.quote_answer_words import CAVEAT, EstimateWords
from member_space.views.rendering import date_long
from member_space.views.words import data_words


@dataclass(frozen=True, slots=True)
class AnsweredLine:
    """``base``: in cents, None where nothing was computed; ``facts``: (label, words)."""

    line: Line
    base: int | None
    facts: list[tuple[str, str]]


def words_of(request: Request) -> EstimateWords:
    """The words of estimates, in the language of the page."""
    say: Any = request.localizer.translate
    return EstimateWords(say, request.locale_name, partial(date_long, locale=request.locale_name), data_words)


def caveat_of(request: Request, until: date | None) -> str | None:
    """How long the answer holds; None for a decision that told no amount."""
    if until is None:
        return None
    return str(request.localizer.translate(CAVEAT % {"day": date_long(until, request.locale_name)}))


def answered_lines(
    request: Request, household: Household, quote: MemberRequest, decision: Sequence[Line]
) -> list[AnsweredLine]:
    """The lines of the answer; what another adult used, and did not open, is left out."""
    seen = household.view_on(quote.contract_id, quote.person_id or quote.author_person_id) is View.FULL
    words, found = words_of(request), []
    for line in decision:
        told = line.estimate and (line.estimate if seen else line.estimate.without_ceilings())
        facts = list(words.facts(told, base=False)) if told else []
        found.append(AnsweredLine(line, told.base if told else None, facts))
    return found


def answer_file(quote: MemberRequest, rows: Sequence[AttachmentRow]) -> str | None:
    """The public id of the latest « Réponse au devis »; None while it is not made and checked."""
    name = f"{PREFIX}-{quote.number}.pdf"
    theirs = (one for one in reversed(rows) if one.side == Side.OFFICE and one.state is FileState.CHECKED)
    return next((str(one.public_id) for one in theirs if one.name == name), None)
