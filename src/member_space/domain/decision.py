"""What the office decides of a claim, a quote or a change: line by line, each one that is not granted with its reason.

The list of reasons is closed, so that the same case is told in the same words and can be counted (C79).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from member_space.domain.money import Money
from member_space.domain.quote import LineEstimate, QuoteLine
from member_space.domain.request import Outcome

ESTIMATE_LASTS = timedelta(days=90)
"""How long the answer to a quote holds, and until when a stay granted by a hospital guarantee may begin: rights,
ceilings and the fund's own decision change with time."""


class Reason(StrEnum):
    """Why a line is not granted in full; the words, and what the member can do, are in services.decision_words."""

    WAITING_PERIOD = "waiting_period"
    NOT_COVERED = "not_covered"
    CAP_REACHED = "cap_reached"
    CONTRACT_RATE = "contract_rate"
    RENEWAL_TOO_EARLY = "renewal_too_early"
    LEGAL_LIMITS = "legal_limits"
    ALWAYS_YOURS = "always_yours"
    COSTS_EXCEEDED = "costs_exceeded"
    OUT_OF_RIGHTS = "out_of_rights"
    WRONG_BENEFICIARY = "wrong_beneficiary"
    DUPLICATE = "duplicate"
    ALREADY_PAID = "already_paid"
    PAID_TO_PROFESSIONAL = "paid_to_professional"
    FUND_FIRST = "fund_first"
    FUND_REFUSED = "fund_refused"
    OTHER_INSURER_FIRST = "other_insurer_first"
    INVOICE_NOT_PAID = "invoice_not_paid"
    PIECE_UNREADABLE = "piece_unreadable"
    PIECE_INCOMPLETE = "piece_incomplete"
    PIECE_MISSING = "piece_missing"
    PIECE_MISMATCH = "piece_mismatch"
    NO_PRESCRIPTION = "no_prescription"
    NOT_APPROVED = "not_approved"
    TOO_OLD = "too_old"
    CONDITIONS_NOT_MET = "conditions_not_met"


class LineFault(StrEnum):
    """What a line cannot say."""

    NEGATIVE = "negative"
    MORE_THAN_ASKED = "more_than_asked"
    REASON_MISSING = "reason_missing"
    REASON_WITHOUT_CUT = "reason_without_cut"


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is decided, amounts in cents. A change of the contract has no amount: both are 0.

    ``note``: a precision in the handler's words, which the member reads. ``amo``: of a quote alone, what the Assurance
    Maladie will pay; None: it is not known, and what is left to the member is then at most `left`. ``quoted``: of a
    quote too, the care as the engine takes it, and ``estimate`` what it said of it that day; the office may decide
    otherwise.
    """

    label: str
    asked: Money
    granted: Money
    reason: Reason | None = None
    note: str | None = None
    amo: Money | None = None
    quoted: QuoteLine | None = None
    estimate: LineEstimate | None = None

    @property
    def left(self) -> Money:
        """What is left to the member."""
        return self.asked - (self.amo or 0) - self.granted

    @property
    def outcome(self) -> Outcome:
        if self.reason is None:
            return Outcome.ACCEPTED
        return Outcome.PARTIAL if self.granted else Outcome.REFUSED

    @property
    def fault(self) -> LineFault | None:
        """Why this line cannot be decided so."""
        if min(self.asked, self.granted, self.amo or 0) < 0:
            return LineFault.NEGATIVE
        if self.left < 0:
            return LineFault.MORE_THAN_ASKED
        if self.left and self.reason is None:
            return LineFault.REASON_MISSING
        if self.asked and not self.left and self.reason is not None:
            return LineFault.REASON_WITHOUT_CUT
        return None


def outcome_of(lines: Sequence[Line]) -> Outcome:
    """How the whole ends: as all of its lines do, partly when they differ. Raises ValueError for no line at all,
    or one below zero."""
    if not lines:
        raise ValueError("a decision has a line")
    if any(line.fault is LineFault.NEGATIVE for line in lines):
        raise ValueError("a line is below zero")
    ends = {line.outcome for line in lines}
    return ends.pop() if len(ends) == 1 else Outcome.PARTIAL


def total_of(lines: Sequence[Line], label: str) -> Line:
    """All of them as one, without a reason: what is left is the sum of what each leaves."""
    known = [line.amo for line in lines if line.amo is not None]
    asked, granted = sum(line.asked for line in lines), sum(line.granted for line in lines)
    return Line(label, asked, granted, amo=sum(known) if known else None)


def is_half_known(lines: Sequence[Line]) -> bool:
    """Whether the share of the Assurance Maladie is known on a line and not on another: no total could be told."""
    return len({line.amo is None for line in lines if line.asked}) > 1
