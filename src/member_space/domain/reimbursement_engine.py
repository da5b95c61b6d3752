"""The engine of reimbursements: one act, or the acts of a person in their order, with every step of the reasoning.

Pure and exact in cents. It serves the explanation of a statement's line, the simulator, the answer to a quote and the
worked examples: one code. What it is told: the care, the tables in force (``Figures``), the guarantee table, what
earlier acts took of each cap. What it answers: the amounts (``domain.reimbursement.LineAmounts``, whose identities
hold), the steps, and what this act takes of the caps. What it cannot compute, it says (``CannotComputeError``).

An act out of the coordinated pathway: the fund's lower rate is a penalty that a responsible contract leaves to the
member; so are the participation and the franchises.
"""

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

from member_space.domain.guarantee import GuaranteeLine
from member_space.domain.money import Money
from member_space.domain.reference import Act
from member_space.domain.reimbursement import LineAmounts, ZeroReason, explain_zero
from member_space.domain.reimbursement_amo import amo_part
from member_space.domain.reimbursement_cover import Cover
from member_space.domain.reimbursement_errors import CannotComputeError, Problem
from member_space.domain.reimbursement_formula import our_part
from member_space.domain.reimbursement_input import Care
from member_space.domain.reimbursement_promise import Situation
from member_space.domain.reimbursement_steps import Part, Rule, Step, Told
from member_space.domain.reimbursement_usage import Usage, Used

SPENT = frozenset({Rule.CAP_AMOUNT, Rule.CAP_COUNT, Rule.RENEWAL})
"""What was used before leaves nothing."""
UNCOVERED = frozenset({ZeroReason.NOT_REIMBURSED_BY_FUND, ZeroReason.ONLY_EXCESS_LEFT, ZeroReason.NOT_COVERED})
"""What a line says of itself when nothing else explains its 0."""


class Outcome(NamedTuple):
    """What one act gives. ``told``: the steps as the engine noted them, but those of what is left; ``used``: what it
    takes of caps; ``deferred``: deductions still to recover afterwards; ``zero_reason``: why our share is 0, None when
    it is not; ``penalty``: of care out of the pathway, cents."""

    amounts: LineAmounts
    told: Sequence[Told]
    line: GuaranteeLine | None
    used: Sequence[Used]
    deferred: Money
    zero_reason: ZeroReason | None
    penalty: Money

    @property
    def steps(self) -> tuple[Step, ...]:
        """The reasoning, in its order; made when it is read."""
        return (*map(Step._make, self.told), *rest_steps(self.amounts, self.penalty))


def compute(care: Care, cover: Cover, usage: Usage) -> Outcome:
    """The amounts of one act and why. ``usage`` is read, never changed.

    Raises CannotComputeError: an act that no table has, no tariff on that day, a day out of the contract, a negative
    amount, a guarantee that says two things.
    """
    fee, other = care.fee, care.other_insurer
    if fee < 0 or other < 0 or care.quantity < 1 or (care.base or 0) < 0:
        raise CannotComputeError(Problem.NEGATIVE, care.act_code, care.care_date)
    rules, line = cover.terms_for(care)
    responsible = cover.table.responsible
    told: list[Told] = [(Rule.FEE, Part.FEE, fee, {"fee": fee, "act": rules.act.label}, "")]
    used: list[Used] = []
    fund = amo_part(care, rules, usage, told, used)
    net = fund.gross - fund.participation - fund.franchise + fund.deferred
    if fund.gross and not net:
        told.append((Rule.ALL_DEDUCTED, Part.FUND, 0, {}, ""))
    if other:
        told.append((Rule.OTHER_INSURER, Part.OTHER, other, {"amount": other}, ""))
    # A responsible contract leaves the penalty and the deductions; another one may refund them.
    start = fund.gross_in_pathway if responsible else fund.gross
    room = max(0, fee - (start if responsible else net) - other)
    ours = our_part(Situation(care, rules, fund, start, room, line, cover, usage), told, used)
    amounts = LineAmounts(
        fee,
        fund.base,
        fund.rate,
        fund.gross,
        fund.participation,
        fund.franchise,
        fund.deferred,
        net,
        other,
        ours,
        fee - net - other - ours,
    )
    reason = None if ours else _why_zero(amounts, rules.act, told)
    if reason:
        told.append((Rule.ZERO, Part.OURS, 0, {"reason": reason.value}, ""))
    penalty = fund.gross_in_pathway - fund.gross
    return Outcome(amounts, told, line, used, usage.deferred + fund.deferred, reason, penalty)


def compute_in_order(cares: Iterable[Care], cover: Cover, usage: Usage) -> Iterator[Outcome]:
    """The acts of one person by day of care, then in the order given; each takes its part of the caps.

    ``usage`` is changed as they pass. Raises as ``compute``, at the act that cannot be computed.
    """
    for care in sorted(cares, key=attrgetter("care_date")):
        outcome = compute(care, cover, usage)
        for use in outcome.used:
            usage.add(use)
        usage.deferred = outcome.deferred
        yield outcome


def _why_zero(amounts: LineAmounts, act: Act, told: Iterable[Told]) -> ZeroReason | None:
    """What was already used, where the line by itself would say that nothing is covered."""
    reason = explain_zero(amounts, family=act.family)
    spent = any(rule in SPENT or (rule is Rule.LUMP_SUM_YEAR and not amount) for rule, _, amount, *_ in told)
    return ZeroReason.CAP_REACHED if spent and reason in UNCOVERED else reason


def rest_steps(amounts: LineAmounts, penalty: Money) -> list[Step]:
    """What is left to the member, by its causes: they add up to it. ``penalty``: of care out of the pathway."""
    left = amounts.member_share
    if not left:
        return [Step(Rule.NOTHING_LEFT, Part.REST, 0, {})]
    causes = (
        (Rule.REST_DEDUCTION, amounts.deducted),
        (Rule.REST_PATHWAY, penalty),
        (Rule.REST_EXCESS, amounts.fee - amounts.base if amounts.amo_gross else 0),
        (Rule.REST_UNCOVERED, left),
    )
    steps = []
    for rule, amount in causes:
        part = min(left, max(0, amount))
        if part:
            steps.append(Step(rule, Part.REST, part, {"amount": part}))
            left -= part
    return steps
