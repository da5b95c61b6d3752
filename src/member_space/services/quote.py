"""The lines of a quote, as its member typed them and as they were last told to him (C83)."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from member_space.domain.opening_hours import PARIS
from member_space.domain.privacy import View
from member_space.domain.quote import LineEstimate, QuoteLine, from_json
from member_space.models import QuoteLineRow, Request
from member_space.services.household import Household, HouseholdMember
from member_space.services.quote_estimate import Estimates, LineAnswer, estimate
from member_space.services.request_draft import edit_draft
from member_space.services.tools import Tools

_TYPED = ("care", "label", "price", "quantity", "frame_price", "base", "sector")


@dataclass(frozen=True, slots=True)
class KeptLine:
    """``estimate``: as the member last saw it; None: nothing could be computed."""

    line: QuoteLine
    estimate: LineEstimate | None


def lines_of(db: Session, *request_ids: int) -> dict[int, list[KeptLine]]:
    """The lines of these quotes in their order, by request; one statement. A quote without lines has an empty list."""
    found: dict[int, list[KeptLine]] = {one: [] for one in request_ids}
    query = select(QuoteLineRow).where(QuoteLineRow.request_id.in_(request_ids))
    for row in db.scalars(query.order_by(QuoteLineRow.request_id, QuoteLineRow.rank)):
        line = QuoteLine(**{name: getattr(row, name) for name in _TYPED})
        found[row.request_id].append(KeptLine(line, from_json(row.estimate) if row.estimate else None))
    return found


def day_of(quote: Request, today: date) -> date:
    """The day that a quote is computed for: the one its member gave, else the day it was sent, else today."""
    if quote.care_date:
        return quote.care_date
    return quote.sent_at.astimezone(PARIS).date() if quote.sent_at else today


def insured_of_quote(household: Household, quote: Request) -> HouseholdMember | None:
    """Whom it is for, as the household's viewer sees him; None while the draft does not say, or once unseen."""
    seen = (one for one in household.members if one.person_id == quote.person_id)
    return min(seen, key=lambda one: one.contract_id != quote.contract_id, default=None)


def estimate_of(db: Session, household: Household, quote: Request, lines: Sequence[QuoteLine]) -> Estimates:
    """These lines, for whom and when this quote is. Nothing is computed of nobody's, or of no line."""
    person = insured_of_quote(household, quote)
    if person is None or not lines:
        return Estimates(tuple(LineAnswer(line, None) for line in lines))
    return estimate(db, household, person, day_of(quote, household.today), lines)


def seen_by(household: Household, quote: Request, kept: Iterable[KeptLine]) -> list[KeptLine]:
    """These lines for this viewer: what an adult who keeps his care to himself used of his ceilings is taken off."""
    person = insured_of_quote(household, quote)
    if person is not None and household.view_on(quote.contract_id, person.person_id) is View.FULL:
        household.note([person.person_id])
        return list(kept)
    return [replace(one, estimate=one.estimate.without_ceilings() if one.estimate else None) for one in kept]


def keep_lines(db: Session, tools: Tools, draft: Request, told: Estimates, **facts: Any) -> None:
    """The lines of a draft are these, in this order, as they are told now; ``facts``: columns of the draft besides.

    Raises as `request_draft.edit_draft`.
    """
    edit_draft(db, tools, draft, **facts)
    db.execute(delete(QuoteLineRow).where(QuoteLineRow.request_id == draft.id))
    rows = [
        {
            "request_id": draft.id,
            "contract_id": draft.contract_id,
            "rank": rank,
            "estimate": one.estimate.to_json() if one.estimate else None,
            **asdict(one.line),
        }
        for rank, one in enumerate(told.answers, start=1)
    ]
    if rows:
        db.execute(insert(QuoteLineRow), rows)


def keep_as_told(db: Session, tools: Tools, household: Household, draft: Request) -> None:
    """A quote about to be sent keeps what its lines give on that day; nothing for one without lines."""
    lines = [one.line for one in lines_of(db, draft.id)[draft.id]]
    if lines:
        keep_lines(db, tools, draft, estimate_of(db, household, draft, lines))
