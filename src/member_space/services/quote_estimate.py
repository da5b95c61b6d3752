"""What a quote would give, line after line, by the engine and the path of « Simuler un remboursement » (C82, C83)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session
from translationstring import TranslationString

from member_space.domain.care_choice import CareChoice
from member_space.domain.guarantee import LumpSum
from member_space.domain.quote import Ceiling, LineEstimate, Option, QuoteLine, Totals, totals_of
from member_space.domain.reimbursement_errors import CannotComputeError, Problem
from member_space.services.household import Household, HouseholdMember, load_household
from member_space.services.simulator import (
    CannotSimulateError,
    Choices,
    Ground,
    Question,
    Remaining,
    Simulation,
    answer,
    choices,
    ground_of,
)
from member_space.services.simulator_words import SECTORS, why_not

Error = CannotSimulateError | CannotComputeError


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """A line and what it would give, or the error that says why nothing is computed.

    ``choice``: its care, None when it is in the list no more; ``found``: the engine's steps, and what changed nothing.
    """

    line: QuoteLine
    choice: CareChoice | None
    estimate: LineEstimate | None = None
    found: Simulation | None = None
    error: Error | None = None


@dataclass(frozen=True, slots=True)
class Estimates:
    """The lines in their order. ``error``: of the day or the person, which then every line bears.

    ``is_private``: what this adult used was not read, so that our part may be lower.
    """

    answers: tuple[LineAnswer, ...]
    is_private: bool = False
    error: CannotSimulateError | None = None

    @property
    def computed(self) -> tuple[LineEstimate, ...]:
        """Of the lines that could be."""
        return tuple(one.estimate for one in self.answers if one.estimate)

    @property
    def is_whole(self) -> bool:
        """Whether every line was computed; else ``totals`` are those of the others."""
        return len(self.computed) == len(self.answers)

    @property
    def totals(self) -> Totals:
        return totals_of(self.computed)


def estimate(
    db: Session, household: Household, person: HouseholdMember, day: date, lines: Sequence[QuoteLine]
) -> Estimates:
    """Each line after those before it, which took their part of the ceilings; four statements, however many lines.

    ``household``: its viewer's rights say whether what the person used is read (at the desk: ``insured_alone``).
    """
    known = choices(db)
    try:
        ground = ground_of(db, household, known, person, day)
    except CannotSimulateError as error:
        answers = tuple(LineAnswer(line, known.by_code.get(line.care), error=error) for line in lines)
        return Estimates(answers, error=error)
    return Estimates(answers_on(ground, known, lines, day, household.today), ground.is_private)


def answers_on(
    ground: Ground, known: Choices, lines: Sequence[QuoteLine], day: date, today: date
) -> tuple[LineAnswer, ...]:
    """Each line on this ground, of which it takes its part before the next; no statement."""
    return tuple(_answered(ground, known, line, day, today) for line in lines)


def insured_alone(
    db: Session, contract_id: int, person_id: int, today: date
) -> tuple[Household, HouseholdMember] | None:
    """A person under one contract as he sees himself, for the desk, which notes its own readings; None when he never
    was covered by it. One statement."""
    own = load_household(db, person_id, today)
    pair = (contract_id, person_id)
    members = tuple(one for one in own.members if (one.contract_id, one.person_id) == pair)
    return (replace(own, members=members), members[0]) if members else None


def told_why(
    one: LineAnswer, *, care: str, name: str, day: date, long: Callable[[date], str]
) -> tuple[str, TranslationString] | None:
    """The field to repair (``soin``, ``monture``, ``base``, or ``le`` for the day) and the sentence; None: computed."""
    if one.error is None:
        return None
    return why_not(one.error, care=care, name=name, day=day, long=long, knows_base=one.line.base is not None)


def _answered(ground: Ground, known: Choices, line: QuoteLine, day: date, today: date) -> LineAnswer:
    choice = known.by_code.get(line.care)
    if choice is None:
        return LineAnswer(line, None, error=CannotComputeError(Problem.UNKNOWN_ACT, line.care, day))
    question = Question(
        choice,
        ground.member,
        day,
        line.price,
        SECTORS[line.sector].practitioner,
        quantity=line.quantity,
        frame_fee=line.frame_price if choice.lenses else None,
        base=line.base,
    )
    try:
        found = answer(ground, known, question)
    except (CannotSimulateError, CannotComputeError) as error:
        return LineAnswer(line, choice, error=error)
    return LineAnswer(line, choice, _estimate(found, today), found)


def _estimate(found: Simulation, today: date) -> LineEstimate:
    amounts, reason, line = found.outcome.amounts, found.outcome.zero_reason, found.outcome.line
    return LineEstimate(
        price=amounts.fee,
        base=amounts.base or None,
        amo=amounts.amo_net,
        ours=amounts.our_share,
        rest=amounts.member_share,
        zero_reason=reason.value if reason else None,
        guarantee=line.label if line else None,
        article=(line.article or None) if line else None,
        ceilings=tuple(map(_ceiling, found.remaining)),
        option=_option(found),
        table_label=found.table_label,
        day=found.care.care_date,
        computed_on=today,
    )


def _ceiling(one: Remaining) -> Ceiling:
    after = one.after
    per = next((formula.per.value for formula in after.line.formulas if isinstance(formula, LumpSum)), None)
    return Ceiling(
        after.line.label,
        after.measure.value,
        after.period.value,
        after.limit,
        one.before.used,
        after.used,
        after.again_on,
        per,
    )


def _option(found: Simulation) -> Option | None:
    beside = found.beside
    if beside is None:
        return None
    if beside.outcome is None:
        return Option(beside.choice.label)
    return Option(beside.choice.label, beside.outcome.amounts.fee, beside.outcome.amounts.member_share)
