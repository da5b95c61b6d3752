"""The fund's part of a line: base, rate, pathway, heavy acts, participation and franchise with their caps."""

from dataclasses import dataclass

from member_space.domain.money import WHOLE, Money, Rate, apply_rate
from member_space.domain.reference import Deduction
from member_space.domain.reimbursement_errors import CannotComputeError, Problem
from member_space.domain.reimbursement_figures import LineRules
from member_space.domain.reimbursement_input import Care, FundShare
from member_space.domain.reimbursement_steps import Part, Rule, Told
from member_space.domain.reimbursement_usage import STAY, Usage, Used

HEAVY = "heavy"
"""What a flat amount on a heavy act counts under."""
STAYS = frozenset({"FJ", "FJA", "PJ"})
"""What a hospital charges by day: the quantity is the days of the stay, from the day of care on."""


@dataclass(slots=True)
class AmoPart:
    """What the fund does. ``gross_in_pathway``: its gross share had the pathway been followed: a responsible contract
    starts from there. ``flat``: what replaces the ticket modérateur on a heavy act."""

    base: Money
    rate: Rate
    gross: Money
    gross_in_pathway: Money
    flat: Money
    participation: Money
    franchise: Money
    deferred: Money
    recovered: Money


def amo_part(care: Care, rules: LineRules, usage: Usage, told: list[Told], used: list[Used]) -> AmoPart:
    """The fund's part, its steps added to ``told`` and what it takes of caps to ``used``.

    Raises CannotComputeError when the base or the rate of a refunded act is in no table and was not told.
    """
    if care.act_code in STAYS:
        used.append(Used(STAY, care.care_date, 0, care.quantity))
    unit, base = _base(care, rules)
    rate = care.rate if care.rate is not None else rules.rate
    if rules.act.rate_kind and rate is None:
        raise CannotComputeError(Problem.NO_TARIFF, care.act_code, care.care_date, f"rate:{rules.act.rate_kind}")
    if rules.count_year is not None and care.base is None:
        base = min(base, unit * max(0, rules.count_year - usage.in_year(care.act_code, care.care_date)))
        used.append(Used(care.act_code, care.care_date, care.quantity))
    if not (rate and base) and not (care.fund and any(care.fund)):
        told.append(_nothing(care, rules))
        return AmoPart(base, rate or 0, 0, 0, 0, 0, 0, 0, 0)
    rate = rate or 0
    told.append((Rule.BASE, Part.FUND, 0, {"base": base, "unit": unit, "quantity": care.quantity}, ""))
    usual = (rules.usual_rate if care.rate is None or care.out_of_pathway else care.rate) or rate
    if care.fund:
        return _told(care, care.fund, base, (rate, max(usual, rate)), told, used)
    flat = _flat(care, rules, unit, rate, usage)
    if flat is not None:  # it takes the place of the ticket modérateur, not of the penalty of the pathway
        rate, usual = WHOLE - max(0, usual - rate), WHOLE
        used.append(Used(HEAVY, care.care_date, flat))
    gross = _gross_steps(care, base, rate, usual, flat or 0, told)
    kept = _deduction(care, rules, usage, told, used)
    participation, franchise = (kept, 0) if rules.act.deduction is Deduction.PARTICIPATION else (0, kept)
    deferred = max(0, kept - gross)
    recovered = min(usage.deferred, max(0, gross - kept)) if usage.deferred else 0
    if deferred:
        told.append((Rule.DEFERRED, Part.FUND, deferred, {"amount": deferred}, ""))
    if recovered:
        told.append((Rule.RECOVERED, Part.FUND, -recovered, {"amount": recovered}, ""))
    in_pathway = gross if usual == rate else max(gross, apply_rate(base, usual) - (flat or 0))
    return AmoPart(base, rate, gross, in_pathway, flat or 0, participation, franchise, deferred - recovered, recovered)


def _nothing(care: Care, rules: LineRules) -> Told:
    """Why the fund has nothing to pay."""
    if not care.fee:
        return Rule.NOT_CHARGED, Part.FUND, 0, {}, ""
    if rules.count_year is not None and care.base is None:
        return Rule.COUNT_REACHED, Part.FUND, 0, {"count": rules.count_year}, ""
    return Rule.NOT_REFUNDED, Part.FUND, 0, {"act": rules.act.label}, ""


def _base(care: Care, rules: LineRules) -> tuple[Money, Money]:
    """The base of one unit and of the line, never more than what was charged; the line's alone when it was told."""
    if care.base is not None:
        return care.base // care.quantity, min(care.base, care.fee)
    if not rules.act.rate_kind:
        return 0, 0
    if rules.base is None:
        detail = ", ".join(sorted(care.facts))
        raise CannotComputeError(Problem.NO_TARIFF, care.act_code, care.care_date, f"base {detail}".rstrip())
    return rules.base, min(rules.base * care.quantity, care.fee)


def _flat(care: Care, rules: LineRules, unit: Money, rate: Rate, usage: Usage) -> Money | None:
    """The flat amount of a heavy act, once a stay in hospital, once a day out of one; None for an ordinary act, or one
    that is refunded whole already."""
    if rules.heavy_from is None or unit < rules.heavy_from or rate == WHOLE or care.rate is not None:
        return None
    return 0 if usage.in_stay(HEAVY, care.care_date) else rules.heavy_copayment


def _gross_steps(care: Care, base: Money, rate: Rate, usual: Rate, flat: Money, told: list[Told]) -> Money:
    before = apply_rate(base, rate)
    gross = max(0, before - flat)
    if care.out_of_pathway and rate < usual:
        told.append((Rule.OUT_OF_PATHWAY, Part.FUND, 0, {"rate": rate, "usual": usual}, ""))
    elif rate == WHOLE and care.patient.exemption is not None:
        told.append((Rule.RATE_EXEMPT, Part.FUND, 0, {"rate": rate}, ""))
    elif care.patient.alsace_moselle:
        told.append((Rule.RATE_LOCAL, Part.FUND, 0, {"rate": rate}, ""))
    else:
        told.append((Rule.RATE, Part.FUND, 0, {"rate": rate}, ""))
    told.append((Rule.GROSS, Part.FUND, before, {"base": base, "rate": rate, "gross": before}, ""))
    if flat:
        told.append((Rule.HEAVY_COPAYMENT, Part.FUND, gross - before, {"flat": flat}, ""))
    return gross


def _deduction(care: Care, rules: LineRules, usage: Usage, told: list[Told], used: list[Used]) -> Money:
    """What is kept on this line, within the caps of the day and of the year.

    The participation's cap of a day is by professional: of one who is not named, this line alone is known.
    """
    deduction = rules.act.deduction
    if not rules.deduction:
        if rules.is_exempt:
            told.append((Rule.EXEMPT, Part.FUND, 0, {"deduction": deduction}, ""))
        return 0
    wanted = rules.deduction * care.quantity
    is_participation = deduction is Deduction.PARTICIPATION
    yearly = deduction if is_participation else "franchise"
    day = care.care_date
    daily = _by_professional(care) if is_participation else deduction
    left = wanted
    if rules.cap_day is not None:
        left = min(left, rules.cap_day - (usage.on_day(daily, day) if daily else 0))
    if rules.cap_year is not None:
        left = min(left, rules.cap_year - usage.in_year(yearly, day))
    kept = max(0, left)
    if kept:
        rule = Rule.PARTICIPATION if is_participation else Rule.FRANCHISE
        unit = {"unit": rules.deduction, "quantity": care.quantity, "kept": kept, "deduction": deduction}
        told.append((rule, Part.FUND, -kept, unit, ""))
        used.append(Used(yearly, day, kept))
        if daily:
            used.append(Used(daily, day, kept))
    if kept < wanted:
        values = {"wanted": wanted, "kept": kept, "cap_day": rules.cap_day, "cap_year": rules.cap_year}
        told.append((Rule.DEDUCTION_CAPPED, Part.FUND, 0, values | {"deduction": deduction}, ""))
    return kept


def _by_professional(care: Care) -> str:
    """What the participation of a day counts under; empty when nobody is named."""
    name = care.practitioner.name
    return f"{Deduction.PARTICIPATION} {name}" if name else ""


def _told(
    care: Care,
    fund: FundShare,
    base: Money,
    rates: tuple[Rate, Rate],
    told: list[Told],
    used: list[Used],
) -> AmoPart:
    """What the fund says it did, kept as it is; ``rates``: applied, then within the pathway."""
    rate, usual = rates
    gross = _gross_steps(care, base, rate, usual, 0, told)
    if gross != fund.gross:
        told.append((Rule.TOLD_BY_FUND, Part.FUND, fund.gross - gross, {"gross": fund.gross}, ""))
    for rule, kept in ((Rule.PARTICIPATION, fund.participation), (Rule.FRANCHISE, fund.franchise)):
        if kept:
            told.append((rule, Part.FUND, -kept, {"kept": kept}, ""))
            used.append(Used(rule.value, care.care_date, kept))
            if rule is Rule.PARTICIPATION and (daily := _by_professional(care)):
                used.append(Used(daily, care.care_date, kept))
    recovered = max(0, -fund.deferred)
    if fund.deferred:
        rule = Rule.RECOVERED if recovered else Rule.DEFERRED
        told.append((rule, Part.FUND, fund.deferred, {"amount": abs(fund.deferred)}, ""))
    in_pathway = max(fund.gross, apply_rate(base, usual)) if care.out_of_pathway else fund.gross
    return AmoPart(base, rate, fund.gross, in_pathway, 0, fund.participation, fund.franchise, fund.deferred, recovered)
