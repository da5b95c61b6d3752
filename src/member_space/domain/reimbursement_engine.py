"""The engine of reimbursements: one act, or the acts of a person in their order, with every step of the reasoning.

Pure and exact in cents. It serves the explanation of a statement's line, the simulator, the answer to a quote and the
worked examples: one code. What it is told: the care, the tables in force (``Figures``), the guarantee table, what
earlier acts took of each cap. What it answers: the amounts (``domain.reimbursement.LineAmounts``, whose identities
hold), the steps, and what this act takes of the caps. What it cannot compute, it says (``CannotComputeError``).

An act out of the coordinated pathway: the fund's lower rate is a penalty that a responsible contract leaves to the
member; so are the participation and the franchises.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from member_space.domain.guarantee import AmbiguousTableError, Basket, GuaranteeLine, GuaranteeTable
from member_space.domain.money import Money
from member_space.domain.period import Period
from member_space.domain.reference import Act
from member_space.domain.reimbursement import LineAmounts, ZeroReason, explain_zero
from member_space.domain.reimbursement_amo import AmoPart, amo_part
from member_space.domain.reimbursement_errors import CannotComputeError, Problem
from member_space.domain.reimbursement_figures import Figures, LineRules
from member_space.domain.reimbursement_formula import our_part
from member_space.domain.reimbursement_input import Care
from member_space.domain.reimbursement_promise import Situation
from member_space.domain.reimbursement_steps import Part, Rule, Step
from member_space.domain.reimbursement_usage import Usage, Used

SPENT = frozenset({Rule.CAP_AMOUNT, Rule.CAP_COUNT, Rule.RENEWAL})
"""What was used before leaves nothing."""
UNCOVERED = frozenset({ZeroReason.NOT_REIMBURSED_BY_FUND, ZeroReason.ONLY_EXCESS_LEFT, ZeroReason.NOT_COVERED})
"""What a line says of itself when nothing else explains its 0."""


class Outcome(NamedTuple):
    """What one act gives. ``used``: what it takes of caps; ``deferred``: deductions still to recover afterwards;
    ``zero_reason``: why our share is 0, None when it is not."""

    amounts: LineAmounts
    steps: tuple[Step, ...]
    line: GuaranteeLine | None
    used: tuple[Used, ...]
    deferred: Money
    zero_reason: ZeroReason | None


class Cover:
    """Under what an act is computed: the contract's days, its guarantee table, the tables in force.

    The few lines of the table that can be for an act are remembered: a table has tens of them.
    """

    __slots__ = ("_near", "figures", "period", "table")

    def __init__(self, period: Period, table: GuaranteeTable, figures: Figures) -> None:
        self.period = period
        self.table = table
        self.figures = figures
        self._near: dict[tuple[str, Basket | None], GuaranteeTable] = {}

    def line_for(self, rules: LineRules, day: date) -> GuaranteeLine | None:
        """The line of the table closest to the act. Raises CannotComputeError when two are as close."""
        act, basket = rules.act, rules.basket
        near = self._near.get((act.code, basket))
        if near is None:
            lines = self.table.lines
            kept = tuple(one for one in lines if one.precision(act.code, act.family, basket, one.period.start))
            near = self._near[act.code, basket] = replace(self.table, lines=kept)
        try:
            return near.line_for(act.code, act.family, basket, day)
        except AmbiguousTableError as error:
            raise CannotComputeError(Problem.TWO_GUARANTEES, act.code, day, str(error)) from error


def compute(care: Care, cover: Cover, usage: Usage) -> Outcome:
    """The amounts of one act and why. ``usage`` is read, never changed.

    Raises CannotComputeError: an act that no table has, no tariff on that day, a day out of the contract, a negative
    amount, a guarantee that says two things.
    """
    day = care.care_date
    if care.fee < 0 or care.other_insurer < 0 or care.quantity < 1 or (care.base or 0) < 0:
        raise CannotComputeError(Problem.NEGATIVE, care.act_code, day)
    if not cover.period.contains(day):
        raise CannotComputeError(Problem.OUT_OF_RIGHTS, care.act_code, day, _days(cover.period))
    rules = cover.figures.rules_for(care)
    table, act = cover.table, rules.act
    line = cover.line_for(rules, day)
    steps = [Step(Rule.FEE, Part.FEE, care.fee, {"fee": care.fee, "act": act.label})]
    used: list[Used] = []
    fund = amo_part(care, rules, usage, steps, used)
    if fund.gross and not fund.net:
        steps.append(Step(Rule.ALL_DEDUCTED, Part.FUND, 0, {}))
    if care.other_insurer:
        steps.append(Step(Rule.OTHER_INSURER, Part.OTHER, care.other_insurer, {"amount": care.other_insurer}))
    # A responsible contract leaves the penalty and the deductions; another one may refund them.
    start = fund.gross_in_pathway if table.responsible else fund.gross
    room = max(0, care.fee - (start if table.responsible else fund.net) - care.other_insurer)
    at = Situation(care, rules, fund, start, room, line, table.responsible, cover.figures, usage)
    ours = our_part(at, steps, used)
    amounts = _amounts(care, fund, ours)
    reason = None if ours else _why_zero(amounts, act, steps)
    if reason:
        steps.append(Step(Rule.ZERO, Part.OURS, 0, {"reason": reason.value}))
    steps.extend(rest_steps(amounts, fund.gross_in_pathway - fund.gross))
    return Outcome(amounts, tuple(steps), line, tuple(used), usage.deferred + amounts.deferred, reason)


def compute_in_order(cares: Iterable[Care], cover: Cover, usage: Usage) -> Iterator[Outcome]:
    """The acts of one person by day of care, then in the order given; each takes its part of the caps.

    ``usage`` is changed as they pass. Raises as ``compute``, at the act that cannot be computed.
    """
    for care in sorted(cares, key=lambda care: care.care_date):
        outcome = compute(care, cover, usage)
        for use in outcome.used:
            usage.add(use)
        usage.deferred = outcome.deferred
        yield outcome


def _amounts(care: Care, fund: AmoPart, ours: Money) -> LineAmounts:
    net = fund.net
    return LineAmounts(
        fee=care.fee,
        base=fund.base,
        amo_rate=fund.rate,
        amo_gross=fund.gross,
        participation=fund.participation,
        franchise=fund.franchise,
        deferred=fund.deferred,
        amo_net=net,
        other_insurer=care.other_insurer,
        our_share=ours,
        member_share=care.fee - net - care.other_insurer - ours,
    )


def _why_zero(amounts: LineAmounts, act: Act, steps: Iterable[Step]) -> ZeroReason | None:
    """What was already used, where the line by itself would say that nothing is covered."""
    reason = explain_zero(amounts, family=act.family)
    spent = any(step.rule in SPENT or (step.rule is Rule.LUMP_SUM_YEAR and not step.amount) for step in steps)
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


def _days(period: Period) -> str:
    end = f" – {period.end.isoformat()}" if period.end else ""
    return f"{period.start.isoformat()}{end}"
