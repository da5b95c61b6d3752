"""Why the engine does not grant all of a quote's line, as one of the coded reasons of a decision (C79, C82)."""

from collections import Counter

from member_space.domain.decision import Reason
from member_space.domain.reimbursement_engine import Outcome
from member_space.domain.reimbursement_steps import Part, Rule

CUTS = {
    Rule.RENEWAL: Reason.RENEWAL_TOO_EARLY,
    Rule.CAP_COUNT: Reason.CAP_REACHED,
    Rule.CAP_AMOUNT: Reason.CAP_REACHED,
    Rule.PRICE_LIMIT: Reason.LEGAL_LIMITS,
    Rule.LIMIT_WITHOUT_OPTAM: Reason.LEGAL_LIMITS,
    Rule.LIMIT_GLASSES: Reason.LEGAL_LIMITS,
    Rule.LIMIT_HEARING: Reason.LEGAL_LIMITS,
}
"""What takes something off our part, once the guarantee promised it."""


def reason_of(outcome: Outcome) -> Reason | None:
    """The reason of what is left to the member: the deductions where they are all of it, what took most off our part,
    the guarantee that has no line or promises less. None: nothing is left."""
    amounts = outcome.amounts
    if not amounts.member_share:
        return None
    if amounts.member_share <= amounts.deducted:
        return Reason.ALWAYS_YOURS
    taken: Counter[Reason] = Counter()
    for step in outcome.steps:
        if step.part is Part.OURS and step.rule in CUTS:
            taken[CUTS[step.rule]] -= step.amount
        if step.rule is Rule.LUMP_SUM_YEAR:
            taken[Reason.CAP_REACHED] += step.values["unit"] - step.amount
    most = taken.most_common(1)
    if most and most[0][1] > 0:
        return most[0][0]
    if outcome.line is None or not outcome.line.formulas:
        return Reason.NOT_COVERED
    return Reason.CONTRACT_RATE
