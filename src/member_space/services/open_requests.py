"""What one has under way with the office: the parcels of the home page, its drafts to go on with, the papers asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from member_space.domain.opening_hours import PARIS
from member_space.domain.request import LIVING, State
from member_space.domain.retention import RULES, Kept
from member_space.models import AskedPiece, Request
from member_space.services.household import Household
from member_space.services.usual_time import Usual, usual_beside, usual_from

MOST_CARDS = 3
"""Of each kind: papers asked, parcels, drafts."""
_DUE = (
    select(func.min(AskedPiece.due_on))
    .where(AskedPiece.request_id == Request.id, AskedPiece.answered_at.is_(None))
    .correlate(Request)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A request that somebody still works on. ``due_on``: when the paper that it awaits is due, if one is."""

    request: Request
    due_on: date | None
    usual: Usual | None


@dataclass(frozen=True, slots=True)
class UnderWay:
    """``asked``: requests that wait for a paper of the member, each with the day by which; those come first."""

    asked: list[tuple[Request, date | None]]
    opened: Sequence[Opened]
    drafts: Sequence[Request]


def erased_on(draft: Request) -> date:
    """The day when a draft goes away by itself."""
    return (draft.activity_at + RULES[Kept.REQUEST_DRAFTS].life).astimezone(PARIS).date()


def under_way(db: Session, household: Household) -> UnderWay:
    """One statement, whatever the history."""
    usual = usual_beside()
    rows = db.execute(
        select(Request, _DUE.label("due_on"), usual.c.half_minutes, usual.c.most_minutes)
        .outerjoin(usual, true())
        .where(Request.author_person_id == household.viewer_id, Request.state.in_(LIVING))
        # Many drafts hide no request that was sent.
        .order_by(Request.state == State.DRAFT.value, Request.activity_at.desc(), Request.id.desc())
        .limit(20)
    ).all()
    asked = sorted(
        ((row, due) for row, due, *_rest in rows if row.state == State.WAITING_MEMBER),
        key=lambda one: one[1] or date.max,
    )
    return UnderWay(
        asked[:MOST_CARDS],
        [Opened(row, due, usual_from(*times)) for row, due, *times in rows if row.state != State.DRAFT][:MOST_CARDS],
        [row for row, *_rest in rows if row.state == State.DRAFT][:MOST_CARDS],
    )
