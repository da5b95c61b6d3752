"""What each formula of a guarantee line promises, before any ceiling."""

from dataclasses import dataclass

from member_space.domain.guarantee import (
    BasePercent,
    Basket,
    FeePercent,
    FullCost,
    GuaranteeLine,
    LumpSum,
    OpticsCeilings,
    Per,
)
from member_space.domain.money import Money, apply_rate
from member_space.domain.reference import TariffKind
from member_space.domain.reimbursement_amo import AmoPart
from member_space.domain.reimbursement_cover import Cover
from member_space.domain.reimbursement_errors import CannotComputeError, Problem
from member_space.domain.reimbursement_figures import LineRules
from member_space.domain.reimbursement_input import Care, Glasses
from member_space.domain.reimbursement_steps import Part, Rule, Told
from member_space.domain.reimbursement_usage import LUMP, Usage

_LENSES = 2


@dataclass(slots=True)
class Situation:
    """All that our part depends on. ``start``: the fund's share that our percentages count from; ``room``: the most
    that may be paid, by the principle of indemnity."""

    care: Care
    rules: LineRules
    fund: AmoPart
    start: Money
    room: Money
    line: GuaranteeLine | None
    cover: Cover
    usage: Usage

    def law(self, what: TariffKind, word: str) -> int:
        """A figure of responsible contracts on the day of care."""
        care = self.care
        return self.cover.figures.law(what, word, care.care_date, care.patient.age_on(care.care_date))


def promised(at: Situation, line: GuaranteeLine, told: list[Told]) -> tuple[Money, Money]:
    """What the formulas promise together, and the part of it that is a yearly lump sum; their steps are added."""
    total = lump = 0
    for formula in line.formulas:
        if isinstance(formula, BasePercent):
            amount = _percent(at, line, formula, told)
        elif isinstance(formula, LumpSum):
            amount = _lump_sum(at, line, formula, told)
            lump = amount if formula.per is Per.YEAR else lump
        else:
            amount = _of_fee(at, line, formula, told)
        total += amount
    return total, lump


def _percent(at: Situation, line: GuaranteeLine, formula: BasePercent, told: list[Told]) -> Money:
    rule, rate = Rule.PERCENT, formula.rate
    if formula.without_optam is not None and at.rules.is_without_optam:
        rule, rate = Rule.PERCENT_WITHOUT_OPTAM, formula.without_optam
    base = at.fund.base
    amount = max(0, apply_rate(base, rate) - at.start)
    if base:
        values = {"rate": rate, "base": base, "start": at.start, "amount": amount, "label": line.label}
        told.append((rule, Part.OURS, amount, values, line.article))
    return amount


def _lump_sum(at: Situation, line: GuaranteeLine, formula: LumpSum, told: list[Told]) -> Money:
    values = {"unit": formula.amount, "label": line.label}
    if formula.per is Per.YEAR:
        day = at.care.care_date
        uses = at.cover.uses_of(line, LUMP, at.usage, day)
        amount = max(0, formula.amount - sum(use.amount for use in uses if use.day.year == day.year))
        values |= {"year": day.year, "amount": amount}
        told.append((Rule.LUMP_SUM_YEAR, Part.OURS, amount, values, line.article))
        return amount
    quantity = at.care.quantity
    amount = formula.amount * quantity
    values |= {"quantity": quantity, "amount": amount, "per": formula.per.value}
    told.append((Rule.LUMP_SUM, Part.OURS, amount, values, line.article))
    return amount


def _of_fee(
    at: Situation, line: GuaranteeLine, formula: FeePercent | FullCost | OpticsCeilings, told: list[Told]
) -> Money:
    """A share of what was charged: a percentage, all, or all within a ceiling of the table."""
    fee, start = at.care.fee, at.start
    if isinstance(formula, FeePercent):
        amount = max(0, apply_rate(fee, formula.rate) - start)
        values = {"rate": formula.rate, "fee": fee, "start": start, "amount": amount, "label": line.label}
        told.append((Rule.FEE_PERCENT, Part.OURS, amount, values, line.article))
        return amount
    if isinstance(formula, OpticsCeilings):
        ceiling = glasses_ceiling(at, formula)
        amount = max(0, min(fee, ceiling) - start)
        values = {"ceiling": ceiling, "start": start, "amount": amount, "label": line.label}
        told.append((Rule.GLASSES, Part.OURS, amount, values, line.article))
        return amount
    all_of_it, limit = max(0, fee - start), _price_limit(at)
    told.append((Rule.FULL_COST, Part.OURS, all_of_it, {"amount": all_of_it, "label": line.label}, line.article))
    if limit is None or limit >= fee:
        return all_of_it
    amount = max(0, limit - start)
    told.append((Rule.PRICE_LIMIT, Part.OURS, amount - all_of_it, {"limit": limit}, ""))
    return amount


def _price_limit(at: Situation) -> Money | None:
    """The price up to which « frais réels » go; None when nothing limits it.

    Raises CannotComputeError for an act of the basket without rest whose limit is in no table.
    """
    rules = at.rules
    if rules.copayment is not None:
        return rules.copayment * at.care.quantity
    if rules.price_limit is not None and rules.basket is not Basket.FREE:
        return rules.price_limit * at.care.quantity
    if rules.basket is Basket.NO_REST:
        raise CannotComputeError(Problem.NO_TARIFF, at.care.act_code, at.care.care_date, TariffKind.PRICE_LIMIT.value)
    return None


def glasses_ceiling(at: Situation, table: OpticsCeilings | None) -> Money:
    """The most paid for these glasses, fund included: by the table, or by the law when ``table`` is None.

    « Panachage » of the decree: the part of class A is covered whole within its price limit; the part of class B up to
    the ceiling less what the part of class A costs. Raises CannotComputeError when the lenses are not known.
    """
    care, glasses = at.care, at.care.glasses
    if care.act_code == "LUN" and glasses is None:
        return table.frame if table else at.law(TariffKind.CEILING, "optics_frame")
    if glasses is None:
        raise CannotComputeError(Problem.LENSES_UNKNOWN, care.act_code, care.care_date)
    if table:
        ceiling, frame_ceiling = table.of(glasses.lenses), table.frame
    else:
        ceiling = at.law(TariffKind.CEILING, f"optics_{glasses.lenses}")
        frame_ceiling = at.law(TariffKind.CEILING, "optics_frame")
    frame, lenses = glasses.frame_fee, care.fee - glasses.frame_fee
    whole = free = 0
    for fee, basket, code, most in (
        (frame, glasses.frame_basket, "LUN", frame_ceiling),
        (lenses, glasses.lenses_basket, "VER", lenses),
    ):
        if basket is Basket.NO_REST and fee:
            whole += min(fee, _class_a_limit(at, glasses, code))
        else:
            free += min(fee, most)
    return whole + min(free, max(0, ceiling - whole))


def _class_a_limit(at: Situation, glasses: Glasses, code: str) -> Money:
    """The price limit of a frame, or of the two lenses."""
    care = at.care
    facts, age = care.facts | {"class_a", glasses.lenses.value}, care.patient.age_on(care.care_date)
    found = at.cover.figures.find(code, TariffKind.PRICE_LIMIT, care.care_date, facts, age)
    if found is None:
        raise CannotComputeError(Problem.NO_TARIFF, code, care.care_date, TariffKind.PRICE_LIMIT.value)
    return found.value * (_LENSES if code == "VER" else 1)
