"""The steps of a computation, in the order of the reasoning, each with its rule and where the rule is written.

The sentence of a rule stands in ``services.explanation_words``, by its name; here are its figures.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

from member_space.domain.money import Money


class Part(StrEnum):
    """Which amount of the line a step builds: the steps of a part add up to it, to the cent."""

    FEE = "fee"
    FUND = "fund"
    OTHER = "other"
    OURS = "ours"
    REST = "rest"


class Rule(StrEnum):
    """What was applied. The first ones are facts; those of ``BITES`` take off what was promised."""

    FEE = "fee"
    BASE = "base"
    NOT_REFUNDED = "not_refunded"
    NOT_CHARGED = "not_charged"
    COUNT_REACHED = "count_reached"
    RATE = "rate"
    RATE_EXEMPT = "rate_exempt"
    RATE_LOCAL = "rate_local"
    OUT_OF_PATHWAY = "out_of_pathway"
    GROSS = "gross"
    HEAVY_COPAYMENT = "heavy_copayment"
    EXEMPT = "exempt"
    PARTICIPATION = "participation"
    FRANCHISE = "franchise"
    DEDUCTION_CAPPED = "deduction_capped"
    DEFERRED = "deferred"
    RECOVERED = "recovered"
    ALL_DEDUCTED = "all_deducted"
    TOLD_BY_FUND = "told_by_fund"
    OTHER_INSURER = "other_insurer"
    PERCENT = "percent"
    PERCENT_WITHOUT_OPTAM = "percent_without_optam"
    LUMP_SUM = "lump_sum"
    LUMP_SUM_YEAR = "lump_sum_year"
    FEE_PERCENT = "fee_percent"
    FULL_COST = "full_cost"
    GLASSES = "glasses"
    LEGAL_MINIMUM = "legal_minimum"
    DAILY_CHARGE = "daily_charge"
    LEFT_TO_PAY = "left_to_pay"
    PRICE_LIMIT = "price_limit"
    LIMIT_WITHOUT_OPTAM = "limit_without_optam"
    LIMIT_GLASSES = "limit_glasses"
    LIMIT_HEARING = "limit_hearing"
    RENEWAL = "renewal"
    CAP_COUNT = "cap_count"
    CAP_AMOUNT = "cap_amount"
    ZERO = "zero"
    PAID_AS_STORED = "paid_as_stored"
    REST_DEDUCTION = "rest_deduction"
    REST_PATHWAY = "rest_pathway"
    REST_EXCESS = "rest_excess"
    REST_UNCOVERED = "rest_uncovered"
    NOTHING_LEFT = "nothing_left"


LAW = {
    Rule.RATE: "R. 160-5",
    Rule.RATE_EXEMPT: "L. 160-14",
    Rule.RATE_LOCAL: "L. 325-1",
    Rule.OUT_OF_PATHWAY: "L. 162-5-3",
    Rule.HEAVY_COPAYMENT: "R. 160-16",
    Rule.EXEMPT: "L. 160-13",
    Rule.PARTICIPATION: "L. 160-13",
    Rule.FRANCHISE: "L. 160-13",
    Rule.DEDUCTION_CAPPED: "L. 160-13",
    Rule.DEFERRED: "L. 160-13",
    Rule.RECOVERED: "L. 160-13",
    Rule.LEGAL_MINIMUM: "R. 871-2",
    Rule.DAILY_CHARGE: "R. 871-2",
    Rule.PRICE_LIMIT: "R. 871-2",
    Rule.LIMIT_WITHOUT_OPTAM: "R. 871-2",
    Rule.LIMIT_GLASSES: "R. 871-2",
    Rule.LIMIT_HEARING: "R. 871-2",
    Rule.RENEWAL: "R. 871-2",
    Rule.REST_DEDUCTION: "R. 871-1",
    Rule.REST_PATHWAY: "R. 871-1",
}
"""Where a rule of the law is written: articles of the code de la sécurité sociale, recalled, to be read by a lawyer."""


Told: TypeAlias = tuple[Rule, Part, Money, dict[str, Any], str]
"""A step as the engine notes it: few are read, so a ``Step`` is made of it when it is."""


class Step(NamedTuple):
    """One step. ``amount``: what it adds to its part, cents; ``article``: of the contract, when it says so;
    ``values``: what its sentence shows, by name."""

    rule: Rule
    part: Part
    amount: Money
    values: dict[str, Any]
    article: str = ""

    @property
    def law(self) -> str:
        """Where the law says it, empty when it does not."""
        return LAW.get(self.rule, "") if not self.article else ""


def total_of(steps: Iterable[Step], part: Part) -> Money:
    """What the steps of a part add up to."""
    return sum(step.amount for step in steps if step.part is part)
