"""The ceilings on our part: those of responsible contracts, the renewal of equipments, the caps of the table."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from member_space.domain.acts import ActFamily
from member_space.domain.guarantee import BasePercent, Basket, Cap, CapPeriod, GuaranteeLine
from member_space.domain.money import WHOLE, Money, apply_rate
from member_space.domain.reference import TariffKind
from member_space.domain.reimbursement_promise import Situation, glasses_ceiling
from member_space.domain.reimbursement_steps import Rule
from member_space.domain.reimbursement_usage import CARE, RENEWAL, Ours, counted

GLASSES = frozenset({"OPT", "LUN", "VER"})
HEARING_AID = "PAU"
EQUIPMENTS = GLASSES | {HEARING_AID}
"""What the law limits by equipment, and renews."""
EARS = 2
ONE_DAY = timedelta(days=1)
ROLLING = {CapPeriod.TWO_YEARS: 24, CapPeriod.FOUR_YEARS: 48}


class Bite(NamedTuple):
    """A ceiling on our part, in cents, whether or not it bites; ``article``: of the contract, when it says so."""

    rule: Rule
    limit: Money
    values: dict[str, Any]
    article: str = ""


def months_before(day: date, months: int) -> date:
    """The same day so many months before; the last day of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = date(year + month // 11, (month + 1) % 12 + 1, 1) - ONE_DAY
    return last.replace(day=min(day.day, last.day))


def civil_year(day: date) -> tuple[date, date]:
    """The day before its civil year, and the last day of it."""
    return date(day.year - 1, 12, 31), date(day.year, 12, 31)


def legal_limits(at: Situation) -> Iterator[Bite]:
    """The ceilings of the decree, fund's share taken off; of a responsible contract only."""
    care, rules, start = at.care, at.rules, at.start
    if at.rules.is_without_optam:
        rate = at.law(TariffKind.SHARE, "total_without_optam")
        for formula in at.line.formulas if at.line else ():
            if isinstance(formula, BasePercent):
                rate = min(rate, max(WHOLE, formula.rate - at.law(TariffKind.SHARE, "below_optam")))
        limit = apply_rate(at.fund.base, rate)
        yield Bite(Rule.LIMIT_WITHOUT_OPTAM, max(0, limit - start), {"rate": rate, "ceiling": limit})
    if care.act_code in GLASSES and rules.basket is not Basket.NO_REST:
        limit = glasses_ceiling(at, None)
        yield Bite(Rule.LIMIT_GLASSES, max(0, limit - start), {"ceiling": limit})
    if care.act_code == HEARING_AID:
        limit = at.law(TariffKind.CEILING, "hearing_per_ear") * care.quantity
        yield Bite(Rule.LIMIT_HEARING, max(0, limit - start), {"ceiling": limit})


def renewal_key(at: Situation) -> Ours | None:
    """What an equipment that is renewed counts under; None for other care."""
    if at.care.act_code in GLASSES:
        return Ours(RENEWAL, ActFamily.OPTICS)
    return Ours(RENEWAL, ActFamily.HEARING) if at.care.act_code == HEARING_AID else None


def renewal(at: Situation, floor: Money) -> Iterator[Bite]:
    """Nothing beyond the minimum for an equipment that comes too early. A frame and lenses bought on one day are one
    pair; an ear each for hearing aids. A change of sight ends the delay for glasses."""
    care, key = at.care, renewal_key(at)
    if key is None or (care.glasses is not None and care.glasses.sight_changed):
        return
    months = at.law(TariffKind.RENEWAL, key.act_code)
    after = months_before(care.care_date, months)
    is_hearing = care.act_code == HEARING_AID
    is_whole = is_hearing or care.glasses is not None
    until = care.care_date if is_whole else care.care_date - ONE_DAY
    _, count = counted(at.usage.uses_of(key), after, until)
    if count >= (EARS if is_hearing else 1):
        yield Bite(Rule.RENEWAL, floor, {"months": months})


def caps(at: Situation, line: GuaranteeLine, ours: Money, floor: Money) -> Iterator[Bite]:
    """The caps of the table's line, on what is beyond ``floor``."""
    quantity = at.care.quantity
    for cap in line.caps:
        amount, count = _taken(at, line, cap)
        if cap.count is not None:
            left = max(0, cap.count - count)
            limit = floor + (ours - floor) * min(left, quantity) // quantity
            yield Bite(Rule.CAP_COUNT, limit, {"count": cap.count, "period": cap.period.value}, line.article)
        if cap.amount is not None:
            units = quantity if cap.period in (CapPeriod.SESSION, CapPeriod.DAY) else 1
            left = max(0, cap.amount * units - amount)
            values = {"cap": cap.amount, "left": left, "period": cap.period.value}
            yield Bite(Rule.CAP_AMOUNT, floor + left, values, line.article)


def _taken(at: Situation, line: GuaranteeLine, cap: Cap) -> tuple[Money, int]:
    """Amount and count already used over the cap's period, the day of care included."""
    if cap.period is CapPeriod.SESSION:
        return 0, 0
    day = at.care.care_date
    uses = at.cover.uses_of(line, CARE, at.usage, day)
    if cap.period is CapPeriod.CIVIL_YEAR:
        return counted(uses, *civil_year(day))
    if cap.period is CapPeriod.DAY:
        return counted(uses, day - ONE_DAY, day)
    key = renewal_key(at)
    months = ROLLING.get(cap.period) or at.law(TariffKind.RENEWAL, key.act_code if key else "")
    return counted(uses, months_before(day, months), day)
