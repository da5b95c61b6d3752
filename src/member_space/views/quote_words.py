"""The lines of a quote in words: what each would give, or why nothing is computed; on every page that shows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from pyramid.request import Request
from translationstring import TranslationStringFactory

from member_space.domain.decision import ESTIMATE_LASTS
from member_space.domain.quote import LineEstimate, QuoteLine, Totals, totals_of
from member_space.models import Request as MemberRequest
from member_space.services.household import Household
from member_space.services.quote import KeptLine, day_of, insured_of_quote, seen_by
from member_space.services.quote_estimate import Estimates, LineAnswer, told_why
from member_space.services.simulator_words import BASE_OF_OTHERS, PRIVATE, SECTORS
from member_space.services.statement_words import CLOSED_BECAUSE, why_ours_is_zero
from member_space.views.rendering import date_long
from member_space.views.words import data_words

_ = TranslationStringFactory("member_space")

NOT_COMPUTED = _("Pas d’estimation pour cette ligne : notre réponse la donnera.")


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line. ``sector``: in words where it counts; ``zero``: why our part is 0; ``why``: why nothing is computed;
    ``notes``: what the estimate does not count."""

    rank: int
    line: QuoteLine
    label: str
    sector: str | None
    estimate: LineEstimate | None
    zero: str | None
    why: str | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """All its lines. ``until``: the last day of the estimate; ``why_day``: why nothing is computed on that day;
    ``private``: whose use of his ceilings was not read, in words."""

    lines: Sequence[ShownLine]
    totals: Totals
    is_whole: bool
    day: date | None = None
    computed_on: date | None = None
    until: date | None = None
    why_day: str | None = None
    private: str | None = None


def quote_told(request: Request, household: Household, quote: MemberRequest, told: Estimates) -> ShownQuote:
    """A draft, as it is computed now."""
    person = insured_of_quote(household, quote)
    name = person.name if person else ""
    day = day_of(quote, household.today)
    say = request.localizer.translate
    long = partial(date_long, locale=request.locale_name)

    def why(one: LineAnswer) -> str | None:
        found = told_why(one, care=data_words(one.line.label), name=name, day=day, long=long)
        return say(found[1]) if found else None

    lines = [
        _shown(request, rank, one.line, one.estimate, why(one), _notes(request, one))
        for rank, one in enumerate(told.answers, start=1)
    ]
    why_day = lines[0].why if told.error and lines else None
    private = say(PRIVATE % {"name": name}) if told.is_private and lines else None
    return _whole(lines, why_day, private)


def quote_kept(request: Request, household: Household, quote: MemberRequest, kept: Iterable[KeptLine]) -> ShownQuote:
    """One that was sent, as its member last saw it; its ceilings where he may still read them."""
    say = request.localizer.translate
    lines = [
        _shown(request, rank, one.line, one.estimate, None if one.estimate else say(NOT_COMPUTED))
        for rank, one in enumerate(seen_by(household, quote, kept), start=1)
    ]
    return _whole(lines)


def _shown(
    request: Request,
    rank: int,
    line: QuoteLine,
    estimate: LineEstimate | None,
    why: str | None,
    notes: tuple[str, ...] = (),
) -> ShownLine:
    say = request.localizer.translate
    zero = None
    if estimate and not estimate.ours:
        zero = say(why_ours_is_zero(estimate.zero_reason) if estimate.zero_reason else CLOSED_BECAUSE)
    sector = None if line.sector == "1" else say(SECTORS[line.sector].label)
    return ShownLine(rank, line, data_words(line.label), sector, estimate, zero, why, notes)


def _notes(request: Request, one: LineAnswer) -> tuple[str, ...]:
    return (request.localizer.translate(BASE_OF_OTHERS),) if one.found and one.found.is_base_of_others else ()


def _whole(lines: Sequence[ShownLine], why_day: str | None = None, private: str | None = None) -> ShownQuote:
    computed = [one.estimate for one in lines if one.estimate]
    told_on = computed[0].computed_on if computed else None
    return ShownQuote(
        lines=lines,
        totals=totals_of(computed),
        is_whole=len(computed) == len(lines),
        day=computed[0].day if computed else None,
        computed_on=told_on,
        until=told_on + ESTIMATE_LASTS if told_on else None,
        why_day=why_day,
        private=private,
    )
