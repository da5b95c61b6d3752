"""The line of a statement: its equation, the figures derived from it, and why our share may be 0.

Words: fee = what was charged; base and AMO rate = what the fund computes on; AMO gross = its share before deductions;
participation (forfaitaire) and franchise = the deductions it keeps; AMO net = what it really pays; other insurer = one
that pays before us; our share; member share = what is left to pay. All in cents, rates as in ``money``.

Two identities always hold, to the cent (issue 2, section 4; sheet of the trade, section 3.1)::

    fee = amo_net + other_insurer + our_share + member_share
    amo_net = amo_gross − participation − franchise + deferred

``deferred`` is the part of the deductions not kept on this line. A fund pays no negative amount: on a box at 5,00 €
refunded 15 %, it owes 0,75 €, keeps those, and recovers the missing 0,25 € on a later payment. So the first line has
deferred = +25 and the later one deferred = −25.

What an act gives, from the tables in force and a guarantee table, is computed by ``reimbursement_engine``.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from member_space.domain.acts import ActFamily
from member_space.domain.money import WHOLE, Money, Rate, apply_rate


class LineAmounts(NamedTuple):
    """The amounts of one statement line, in cents; a cancellation carries the opposite of each."""

    fee: Money
    base: Money
    amo_rate: Rate
    amo_gross: Money
    participation: Money
    franchise: Money
    deferred: Money
    amo_net: Money
    other_insurer: Money
    our_share: Money
    member_share: Money

    @property
    def total(self) -> Money:
        """All that was reimbursed, by the fund, the other insurer and us."""
        return self.amo_net + self.other_insurer + self.our_share

    @property
    def deducted(self) -> Money:
        """What the fund really kept on this line: the participation and franchise not deferred, or recovered."""
        return self.participation + self.franchise - self.deferred

    def __neg__(self) -> "LineAmounts":
        """The cancellation of the line: every amount opposite, the rate as it is."""
        return LineAmounts(*(-value for value in self))._replace(amo_rate=self.amo_rate)


def derive(
    *,
    fee: Money,
    base: Money,
    amo_rate: Rate,
    participation: Money = 0,
    franchise: Money = 0,
    other_insurer: Money = 0,
    our_share: Money = 0,
    flat_copayment: Money = 0,
    recovered: Money = 0,
) -> LineAmounts:
    """THE function: every figure of a line from what was charged and what each one applied.

    ``flat_copayment``: the 32 € that replace the ticket modérateur on heavy acts (PAS), taken off the gross share.
    ``recovered``: deductions of earlier lines that the fund recovers here. With a negative ``fee`` every amount is
    negative and the result is the opposite of the line cancelled. The member's share may come out negative: that
    is for ``check_line`` to say.
    """
    if fee < 0:
        return -derive(
            fee=-fee,
            base=-base,
            amo_rate=amo_rate,
            participation=-participation,
            franchise=-franchise,
            other_insurer=-other_insurer,
            our_share=-our_share,
            flat_copayment=-flat_copayment,
            recovered=-recovered,
        )
    gross = max(0, apply_rate(base, amo_rate) - flat_copayment)
    owed = gross - participation - franchise - recovered
    net = max(0, owed)
    return LineAmounts(
        fee=fee,
        base=base,
        amo_rate=amo_rate,
        amo_gross=gross,
        participation=participation,
        franchise=franchise,
        deferred=(net - owed) - recovered,
        amo_net=net,
        other_insurer=other_insurer,
        our_share=our_share,
        member_share=fee - net - other_insurer - our_share,
    )


def closing_difference(
    fee: Money, amo_net: Money, other_insurer: Money, our_share: Money, member_share: Money
) -> Money:
    """Cents missing (+) or in excess (−) for the shares to make the fee; 0 when the line closes.

    Only subtractions, so that a column of integers can be given in place of each amount.
    """
    return fee - amo_net - other_insurer - our_share - member_share


def net_difference(amo_net: Money, amo_gross: Money, participation: Money, franchise: Money, deferred: Money) -> Money:
    """Cents between the fund's net share and its gross share less the deductions; 0 when they agree. As above."""
    return amo_net - (amo_gross - participation - franchise + deferred)


class LineProblem(StrEnum):
    """What is wrong with the amounts of a line."""

    NOT_CLOSED = "not_closed"
    NET_DIFFERS = "net_differs"
    MIXED_SIGNS = "mixed_signs"
    OVERPAID = "overpaid"
    DEDUCTION_REFUNDED = "deduction_refunded"
    GROSS_DIFFERS = "gross_differs"


ERRORS = frozenset(
    {LineProblem.NOT_CLOSED, LineProblem.NET_DIFFERS, LineProblem.MIXED_SIGNS, LineProblem.OVERPAID},
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem of a line and by how many cents."""

    problem: LineProblem
    difference: Money

    @property
    def is_error(self) -> bool:
        """An error refuses the line; a warning is reported and the line kept."""
        return self.problem in ERRORS


def check_line(line: LineAmounts, *, responsible: bool = True) -> list[Finding]:
    """Everything wrong with a line's amounts, each with its difference in cents; empty when all is well.

    Errors, since no true payment can look so:

    - ``not_closed``, ``net_differs``: one of the two identities of this module does not hold;
    - ``mixed_signs``: a share does not have the sign of the fee. ``deferred`` may have either, and so may the net
      share, as some engines write −0,25 € instead of deferring it;
    - ``overpaid``: the shares exceed the fee, which the principle of indemnity forbids.

    A line without a fee is an adjustment (a later payment, an overpayment recovered): the last two do not apply.

    Warnings, since the payment was made as it was and the member must see it:

    - ``deduction_refunded``: a responsible contract paid (part of) a deduction. Rules of the sheet, section 3.1:
      our share ≤ fee − gross − other insurer, and member share ≥ deductions; once the line closes they are one
      inequality;
    - ``gross_differs``: the gross share is more than a cent away from base × rate (local scheme, flat copayment).
    """
    if line.fee < 0:
        return [Finding(finding.problem, -finding.difference) for finding in check_line(-line, responsible=responsible)]
    shares = (line.base, line.participation, line.franchise, line.amo_gross, line.other_insurer, line.our_share)
    refunded = line.deducted - line.member_share
    gross_gap = line.amo_gross - apply_rate(line.base, line.amo_rate)
    found = (
        (
            LineProblem.NOT_CLOSED,
            closing_difference(line.fee, line.amo_net, line.other_insurer, line.our_share, line.member_share),
        ),
        (
            LineProblem.NET_DIFFERS,
            net_difference(line.amo_net, line.amo_gross, line.participation, line.franchise, line.deferred),
        ),
        (LineProblem.MIXED_SIGNS, min(0, *shares) if line.fee else 0),
        (LineProblem.OVERPAID, max(0, -line.member_share) if line.fee else 0),
        (LineProblem.DEDUCTION_REFUNDED, max(0, min(refunded, line.our_share)) if responsible and line.fee else 0),
        (LineProblem.GROSS_DIFFERS, gross_gap if abs(gross_gap) > 1 else 0),
    )
    return [Finding(problem, difference) for problem, difference in found if difference]


class ZeroReason(StrEnum):
    """Why our share of a line is 0; « 0 € » is never printed without its because."""

    FREE_OF_CHARGE = "free_of_charge"
    OUT_OF_RIGHTS = "out_of_rights"
    PAID_BY_FUND = "paid_by_fund"
    ONLY_DEDUCTIONS_LEFT = "only_deductions_left"
    PAID_BY_OTHER_INSURER = "paid_by_other_insurer"
    LOW_VALUE_DRUG = "low_value_drug"
    THERMAL_CURE = "thermal_cure"
    CAP_REACHED = "cap_reached"
    NOT_REIMBURSED_BY_FUND = "not_reimbursed_by_fund"
    ONLY_EXCESS_LEFT = "only_excess_left"
    NOT_COVERED = "not_covered"


LOW_VALUE_DRUG_RATE: Rate = 3_000
"""Drugs that the fund refunds at 30 % or less: a responsible contract may leave their ticket modérateur."""


def explain_zero(line: LineAmounts, *, family: ActFamily, in_rights: bool = True) -> ZeroReason | None:
    """The first reason that holds, from the surest to the most general; None when our share is not 0. That a cap was
    reached, no line tells by itself: the engine does, which knows what came before.

    ``in_rights``: the person was covered by the contract on the day of care.
    """
    if line.our_share:
        return None
    sign = -1 if line.fee < 0 else 1
    left = sign * (line.fee - line.amo_net - line.other_insurer)
    deducted = max(0, sign * line.deducted)
    reasons = (
        (line.fee == 0, ZeroReason.FREE_OF_CHARGE),
        (not in_rights, ZeroReason.OUT_OF_RIGHTS),
        (left <= 0 and not line.other_insurer, ZeroReason.PAID_BY_FUND),
        (left <= deducted and not line.other_insurer, ZeroReason.ONLY_DEDUCTIONS_LEFT),
        (left <= deducted, ZeroReason.PAID_BY_OTHER_INSURER),
        (family == ActFamily.PHARMACY and 0 < line.amo_rate <= LOW_VALUE_DRUG_RATE, ZeroReason.LOW_VALUE_DRUG),
        (family == ActFamily.THERMAL, ZeroReason.THERMAL_CURE),
        (line.amo_gross == 0, ZeroReason.NOT_REIMBURSED_BY_FUND),
        (line.amo_rate == WHOLE and abs(line.fee) > abs(line.base), ZeroReason.ONLY_EXCESS_LEFT),
    )
    return next((reason for holds, reason in reasons if holds), ZeroReason.NOT_COVERED)


class PayeeKind(StrEnum):
    """Who receives one of our payments: the insured person, or a third party whom the member did not pay."""

    INSURED = "insured"
    PROFESSIONAL = "professional"
    HOSPITAL = "hospital"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Synthesis:
    """What we paid over a period, in cents. The total is never stored beside its parts, so it is always exact."""

    to_insured: Money = 0
    to_third_parties: Money = 0

    @property
    def total(self) -> Money:
        """Paid to the insured plus paid to third parties (S-HCR-21)."""
        return self.to_insured + self.to_third_parties

    def __add__(self, other: "Synthesis") -> "Synthesis":
        return Synthesis(self.to_insured + other.to_insured, self.to_third_parties + other.to_third_parties)
