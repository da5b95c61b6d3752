"""« Expliquer cette ligne » (C55): a line that was paid, part by part, by the steps of the engine.

The amounts told are always those that were paid. Where the engine finds them, its steps explain them; where it does
not, they are told with what they show by themselves, and why the computation stops there.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from member_space.domain.reimbursement_steps import Rule, Step
from member_space.domain.reimbursement_stored import stored_steps
from member_space.services.care_line import CareLine
from member_space.services.figures import figures_of
from member_space.services.household import Household
from member_space.services.line_insured import insured_in, lines_until
from member_space.services.line_replay import FOUND, Replayed, Verdict, replay
from member_space.services.statement import find_line


@dataclass(frozen=True, slots=True)
class Explanation:
    """A line with its steps, in the order of the reasoning; those of a part add up to its amount."""

    line: CareLine
    verdict: Verdict
    steps: tuple[Step, ...]


def explain_line(db: Session, household: Household, statement_id: UUID, rank: int) -> Explanation | None:
    """Of the line of this rank of a statement; None where there is none, or where its nature is closed."""
    line = find_line(db, household, statement_id, rank)
    if line is None or not line.is_open:
        return None
    found = _replayed(db, household, line)
    steps = found.outcome.steps if found.outcome and found.verdict in FOUND else stored_steps(found.line)
    return Explanation(line, found.verdict, tuple(_shown(step, line) for step in steps))


def _replayed(db: Session, household: Household, line: CareLine) -> Replayed:
    """The line after all those of the person that came before it."""
    insured = insured_in(db, household, line.contract_id, line.person_id)
    lines = lines_until(db, line.contract_id, line.person_id, line.care_date)
    found = replay(lines, insured, figures_of(db))
    return next(one for one in found if one.line.id == line.id)


def _shown(step: Step, line: CareLine) -> Step:
    """The reason written on the line stays the one told."""
    if step.rule is Rule.ZERO and line.zero_reason:
        return step._replace(values={"reason": line.zero_reason})
    return step
