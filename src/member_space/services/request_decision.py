"""The decision of a claim, a quote or a change: its lines, its words as they were sent, in one transaction (C79)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.decision import ESTIMATE_LASTS, Line, Reason, outcome_of
from member_space.domain.opening_hours import PARIS
from member_space.domain.quote import QuoteLine, from_json
from member_space.domain.request import Act, Outcome, RequestKind
from member_space.models import DecisionLine, Request
from member_space.services import request as requests
from member_space.services.request_handling import Hand, check_held
from member_space.services.tools import Tools

MAKE_GUARANTEE = "hospital_guarantee:make"
"""The task that makes what an establishment is given (services.hospital_guarantee)."""
MAKE_ANSWER = "quote_answer:make"
"""The task that makes the answer to a quote in figures (services.quote_answer)."""
CARE_FACTS = ("quantity", "frame_price", "base", "sector")
"""What a quote's line keeps of its care besides its code, by the names of domain.quote.QuoteLine."""


def decide(db: Session, tools: Tools, hand: Hand, lines: Sequence[Line], body: str) -> Outcome:
    """Decide these lines; `body`: the letter, kept as it is sent (C115). Raises Stale, NotHeld, NotAllowed.

    The member is told once, by the transition; the lines bear the version of the request after it.
    """
    check_held(hand, Act.DECIDE)
    outcome = outcome_of(lines)
    request = hand.request
    message = requests.say(db, tools, request, hand.actor, body, kind="decision", version=hand.version)
    reasons = sorted({line.reason.value for line in lines if line.reason})
    requests.move(db, tools, request, Act.DECIDE, hand.actor, details={"reasons": reasons}, outcome=outcome.value)
    db.add_all(
        DecisionLine(
            request_id=request.id,
            contract_id=request.contract_id,
            round=request.version,
            rank=rank,
            label=line.label,
            asked=line.asked,
            granted=line.granted,
            amo=line.amo,
            reason=line.reason.value if line.reason else None,
            note=line.note,
            care=line.quoted.care if line.quoted else None,
            care_facts={name: getattr(line.quoted, name) for name in CARE_FACTS} if line.quoted else None,
            estimate=line.estimate.to_json() if line.estimate else None,
        )
        for rank, line in enumerate(lines, start=1)
    )
    db.flush()
    paper = MAKE_GUARANTEE if has_guarantee(request, outcome) else MAKE_ANSWER if has_answer(request, lines) else None
    if paper:
        tools.jobs.defer(db, paper, message_id=message.id, version=request.version)
    return outcome


def has_guarantee(request: Request, outcome: Outcome) -> bool:
    """Whether a stay is granted: its establishment is given a document of its own."""
    return request.kind == RequestKind.QUOTE and "entry_date" in request.details and outcome is not Outcome.REFUSED


def has_answer(request: Request, lines: Sequence[Line]) -> bool:
    """Whether this decision of a quote tells amounts, and is not of a stay: it is a document too."""
    return request.kind == RequestKind.QUOTE and "entry_date" not in request.details and any(one.asked for one in lines)


def estimated_until(request: Request, lines: Sequence[Line]) -> date | None:
    """The last day of the estimate that answers a quote; None: no amount was told."""
    if request.kind != RequestKind.QUOTE or request.closed_at is None or not any(line.asked for line in lines):
        return None
    return request.closed_at.astimezone(PARIS).date() + ESTIMATE_LASTS


def decision_of(db: Session, request: Request, version: int | None = None) -> list[Line]:
    """The lines of the last decision, in their order; none where nothing was decided. `version`: of that one alone."""
    query = (
        select(DecisionLine)
        .where(DecisionLine.request_id == request.id)
        .order_by(DecisionLine.round.desc(), DecisionLine.rank)
    )
    if version:
        query = query.where(DecisionLine.round == version)
    rows = db.scalars(query).all()
    return [_line(row) for row in rows if row.round == rows[0].round]


def _line(row: DecisionLine) -> Line:
    facts: dict[str, Any] = row.care_facts or {}
    return Line(
        label=row.label,
        asked=row.asked,
        granted=row.granted,
        reason=Reason(row.reason) if row.reason else None,
        note=row.note,
        amo=row.amo,
        quoted=QuoteLine(row.care, row.label, row.asked, **facts) if row.care else None,
        estimate=from_json(row.estimate) if row.estimate else None,
    )
