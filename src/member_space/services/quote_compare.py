"""The quotes of a member, and what each says of its lines: the office's answer where there is one (C84)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.decision import Line
from member_space.domain.quote_comparison import ComparedLine
from member_space.domain.request import RequestKind, State
from member_space.domain.text import fold
from member_space.models import Request
from member_space.services.household import Household
from member_space.services.quote import KeptLine, estimate_of, lines_of
from member_space.services.request_decision import decision_of

MOST_QUOTES = 50
"""As many as a list shows."""
_LEFT = (State.WITHDRAWN.value, State.DUPLICATE.value)


@dataclass(frozen=True, slots=True)
class QuoteSide:
    """One of the two. ``is_answered``: these are the office's figures, not an estimate."""

    quote: Request
    lines: tuple[ComparedLine, ...]
    is_answered: bool


def quotes_of(db: Session, household: Household) -> Sequence[Request]:
    """The viewer's quotes, begun or sent, the latest first; a stay in hospital is none. One statement."""
    query = select(Request).where(
        Request.author_person_id == household.viewer_id,
        Request.kind == RequestKind.QUOTE.value,
        Request.topic != "quote.hospital",
        Request.state.not_in(_LEFT),
    )
    return db.scalars(query.order_by(Request.activity_at.desc(), Request.id.desc()).limit(MOST_QUOTES)).all()


def partner_of(quotes: Sequence[Request], quote: Request) -> Request | None:
    """What this quote is best compared with: the latest of the same object, for the same person where there is one.
    Glasses beside a crown share no care."""
    others = [one for one in quotes if one.id != quote.id and one.topic == quote.topic]
    return next((one for one in others if one.person_id == quote.person_id), others[0] if others else None)


def sides_of(db: Session, household: Household, quotes: Sequence[Request]) -> list[QuoteSide]:
    """What these quotes say; a draft as it is computed now. So many statements a quote, however long each is."""
    kept = lines_of(db, *(one.id for one in quotes))
    return [_side(db, household, one, kept[one.id]) for one in quotes]


def _side(db: Session, household: Household, quote: Request, kept: Sequence[KeptLine]) -> QuoteSide:
    decided = [one for one in decision_of(db, quote) if one.asked] if quote.outcome else []
    if decided:
        household.note([quote.person_id] if quote.person_id else [])
        return QuoteSide(quote, tuple(map(_decided, decided)), is_answered=True)
    if quote.state == State.DRAFT:
        told = estimate_of(db, household, quote, [one.line for one in kept])
        kept = [KeptLine(one.line, one.estimate) for one in told.answers]
    return QuoteSide(quote, tuple(map(_kept, kept)), is_answered=False)


def _decided(line: Line) -> ComparedLine:
    key = line.quoted.care if line.quoted else fold(line.label)
    option = line.estimate.option if line.estimate else None
    rest = None if line.amo is None else line.left
    return ComparedLine(key, line.label, line.asked, line.amo, line.granted, rest, option)


def _kept(one: KeptLine) -> ComparedLine:
    line, told = one.line, one.estimate
    if told is None:
        return ComparedLine(line.care, line.label, line.price, None, None, None)
    return ComparedLine(line.care, line.label, line.price, told.amo, told.ours, told.rest, told.option)
