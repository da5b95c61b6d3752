"""What the engine says of a quote at the desk: with all that the person used, which it never tells another adult (C82).

The answer has to hold, so what an adult who keeps his care to himself already used is counted; but neither his ceilings
nor the reasons that would tell of them leave for whoever sent the quote.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from member_space.domain.decision import Reason
from member_space.domain.privacy import View
from member_space.domain.quote import QuoteLine, Totals
from member_space.domain.quote_reason import reason_of
from member_space.models import Request
from member_space.services.household import load_household
from member_space.services.quote_estimate import Estimates, LineAnswer, estimate, insured_alone
from member_space.services.readings import Shown
from member_space.services.simulator import CannotSimulateError, Missing
from member_space.services.tools import Tools

TELLING = frozenset({Reason.CAP_REACHED, Reason.RENEWAL_TOO_EARLY})
"""Reasons that say what somebody used."""


@dataclass(frozen=True, slots=True)
class DeskEstimate:
    """``name``: whom the care is for, None when the contract never covered him; ``day``: the one it is computed for;
    ``is_open``: whether who sent the quote may see what that person used."""

    answers: tuple[LineAnswer, ...]
    totals: Totals
    name: str | None
    day: date
    is_open: bool

    def reason_of(self, answer: LineAnswer) -> Reason | None:
        """Why not all of it is granted, as it may be told; None: all is, or nothing was computed."""
        reason = reason_of(answer.found.outcome) if answer.found else None
        return Reason.CONTRACT_RATE if reason in TELLING and not self.is_open else reason


def estimate_at_desk(
    db: Session, tools: Tools, quote: Request, shown: Shown, lines: Sequence[QuoteLine]
) -> DeskEstimate:
    """These lines for whom this quote is: on the day of care that it says, today when it says none or it is past.

    A constant number of statements; whose cover is read is noted.
    """
    today = tools.today()
    day = max(today, quote.care_date or today)
    person_id = quote.person_id or quote.author_person_id
    found = insured_alone(db, quote.contract_id, person_id, today)
    if found is None:
        error = CannotSimulateError(Missing.NOT_COVERED, day)
        told = Estimates(tuple(LineAnswer(line, None, error=error) for line in lines), error=error)
        return DeskEstimate(told.answers, told.totals, None, day, is_open=False)
    shown.note([person_id], quote.contract_id)
    told = estimate(db, *found, day, lines)
    return DeskEstimate(told.answers, told.totals, found[1].name, day, is_open_to_author(db, quote, today))


def is_open_to_author(db: Session, quote: Request, today: date) -> bool:
    """Whether who sent this quote may see what the person whom it is for used; one statement."""
    author = load_household(db, quote.author_person_id, today)
    return author.view_on(quote.contract_id, quote.person_id or quote.author_person_id) is View.FULL
