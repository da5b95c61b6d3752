"""What is left of the caps of a guarantee table on a day, and when each comes back (C32).

The counts are those that the engine keeps of earlier acts (``Usage``), over the periods that it looks at
(``domain.reimbursement_limits``): what is told as left is what it would still pay.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from member_space.domain.acts import ActFamily
from member_space.domain.birth import age_on
from member_space.domain.guarantee import Basket, Cap, CapPeriod, GuaranteeLine, GuaranteeTable, LumpSum, Per
from member_space.domain.period import Period
from member_space.domain.reference import TariffKind
from member_space.domain.reimbursement import LineAmounts
from member_space.domain.reimbursement_cover import Cover
from member_space.domain.reimbursement_errors import CannotComputeError
from member_space.domain.reimbursement_figures import Figures
from member_space.domain.reimbursement_limits import EARS, GLASSES, HEARING_AID, ROLLING, civil_year, months_before
from member_space.domain.reimbursement_usage import CARE, LUMP, RENEWAL, Ours, Usage, Used, counted

EQUIPMENTS = ((ActFamily.OPTICS, "OPT", 1), (ActFamily.HEARING, HEARING_AID, EARS))
"""What is renewed after a legal delay: its family, its act, how many at once."""
Delay = Callable[[date], int]
"""How many months before a day count on it."""
_CLAMPED = range(4)
"""Days by which the end of a month may put off the day so many months after."""
_YEARS_LOOKED_AT = range(6)


class Measure(StrEnum):
    """What an allowance counts: cents, units of the line (a day, a session, an act), or equipments."""

    AMOUNT = "amount"
    COUNT = "count"
    EQUIPMENT = "equipment"


@dataclass(frozen=True, slots=True)
class Allowance:
    """A cap of a line on a day. ``limit``, ``used``: cents for an amount. ``again_on``: when something of what is used
    comes back (an equipment: when the next one is due); None when nothing is to be waited for."""

    line: GuaranteeLine
    measure: Measure
    period: CapPeriod
    limit: int
    used: int
    again_on: date | None

    @property
    def left(self) -> int:
        """What may still be used, never below 0."""
        return max(0, self.limit - self.used)


def allowances(table: GuaranteeTable, figures: Figures, usage: Usage, birth: date, day: date) -> list[Allowance]:
    """Every cap in force on that day for a person born then, in the order of the table; equipments by their delay."""
    cover = Cover(Period(date.min), table, figures)
    lines = [line for line in table.lines if line.period.contains(day)]
    found = [one for line in lines for one in _of_line(line, cover, usage, birth, day)]
    if table.responsible:
        equipments = list(_equipments(table, figures, usage, birth, day))
        said = {one.line.rank: one.limit for one in equipments}
        found = [*equipments, *(one for one in found if not _is_said(one, said))]
    return sorted(found, key=lambda one: one.line.rank)


def uses_as_paid(
    table: GuaranteeTable, figures: Figures, act_code: str, day: date, quantity: int, amounts: LineAmounts
) -> list[Used]:
    """What a line that was paid takes of the caps, by its amounts alone: for one that the engine cannot explain.

    As in the engine, a cap counts what is beyond the minimum of a responsible contract. A cancellation gives back.
    """
    if amounts.fee < 0:
        taken = uses_as_paid(table, figures, act_code, day, quantity, -amounts)
        return [Used(use.key, use.day, -use.amount, -use.units) for use in taken]
    act = figures.acts.get(act_code)
    minimum = max(0, amounts.base - amounts.amo_gross) if table.responsible else 0
    beyond = amounts.our_share - minimum
    if act is None or beyond <= 0:
        return []
    equipment = act.family if act_code in GLASSES | {HEARING_AID} else None
    basket = Basket.FREE if equipment else act.basket
    line = table.line_for(act_code, act.family, basket, day)
    found = [Used(Ours(RENEWAL, equipment), day, beyond, quantity)] if equipment else []
    if line and line.caps:
        found.append(Used(Ours(CARE, act_code, basket), day, beyond, quantity))
    if line:
        lumps = [one for one in line.formulas if isinstance(one, LumpSum) and one.per is Per.YEAR]
        found += [Used(Ours(LUMP, act_code, basket), day, min(beyond, lump.amount)) for lump in lumps]
    return found


def _is_said(one: Allowance, equipments: dict[int, int]) -> bool:
    """Whether the law's own row of this line already says a count by renewal, as it allows no more of them."""
    is_count = one.measure is Measure.COUNT and one.period is CapPeriod.RENEWAL
    return is_count and one.line.rank in equipments and one.limit >= equipments[one.line.rank]


def _of_line(line: GuaranteeLine, cover: Cover, usage: Usage, birth: date, day: date) -> Iterator[Allowance]:
    for formula in line.formulas:
        if isinstance(formula, LumpSum) and formula.per is Per.YEAR:
            used, _ = counted(cover.uses_of(line, LUMP, usage, day), *civil_year(day))
            again = _next_year(day) if used else None
            yield Allowance(line, Measure.AMOUNT, CapPeriod.CIVIL_YEAR, formula.amount, used, again)
    for cap in line.caps:
        uses, delay = cover.uses_of(line, CARE, usage, day), _delay_of(line, cap, cover.figures, birth, day)
        try:
            yield from _of_cap(line, cap, delay, uses, day)
        except CannotComputeError:
            continue  # no delay is in force on that day: nothing is to be waited for


def _of_cap(line: GuaranteeLine, cap: Cap, delay: Delay | None, uses: Sequence[Used], day: date) -> Iterator[Allowance]:
    if delay is None and cap.period is not CapPeriod.CIVIL_YEAR:
        return
    after, until = (months_before(day, delay(day)), day) if delay else civil_year(day)
    amount, count = counted(uses, after, until)
    again = None
    if amount or count:
        again = _released(uses, count, day, delay) if delay else _next_year(day)
    for limit, used, measure in ((cap.amount, amount, Measure.AMOUNT), (cap.count, count, Measure.COUNT)):
        if limit is not None:
            yield Allowance(line, measure, cap.period, limit, used, again if used else None)


def _delay_of(line: GuaranteeLine, cap: Cap, figures: Figures, birth: date, day: date) -> Delay | None:
    """Over how many months before a day this cap counts; None: over no months (a session, a day, a civil year), or by
    the renewal of what is not an equipment."""
    if months := ROLLING.get(cap.period):
        return lambda _: months
    if cap.period is not CapPeriod.RENEWAL:
        return None
    families = [
        family
        for family, acts in ((ActFamily.OPTICS, GLASSES), (ActFamily.HEARING, {HEARING_AID}))
        if any(line.precision(act, family, line.basket, day) for act in acts)
    ]
    return _renewal(families[0], figures, birth) if families else None


def _renewal(family: ActFamily, figures: Figures, birth: date) -> Delay:
    """The law's delay between two equipments, by age on the day."""
    return lambda day: figures.law(TariffKind.RENEWAL, family.value, day, age_on(birth, max(birth, day)))


def _equipments(table: GuaranteeTable, figures: Figures, usage: Usage, birth: date, day: date) -> Iterator[Allowance]:
    for family, act, at_once in EQUIPMENTS:
        lines = [table.line_for(act, family, basket, day) for basket in (Basket.FREE, Basket.NO_REST)]
        line = next((line for line in lines if line and line.formulas), None)
        uses, delay = usage.uses_of(Ours(RENEWAL, family)), _renewal(family, figures, birth)
        try:
            if line is None:
                continue
            _, used = counted(uses, months_before(day, delay(day)), day)
            again = _released(uses, at_once, day, delay) if used >= at_once else None
        except CannotComputeError:
            continue  # no delay is in force on that day: nothing is to be waited for
        yield Allowance(line, Measure.EQUIPMENT, CapPeriod.RENEWAL, at_once, min(used, at_once), again)


def _released(uses: Sequence[Used], limit: int, day: date, delay: Delay) -> date | None:
    """The first day after this one when fewer than ``limit`` units count; None when none is found."""
    delays = sorted({delay(_years_after(day, years)) for years in _YEARS_LOOKED_AT})
    ends = {
        months_before(use.day, -months) + timedelta(days=late) for use in uses for months in delays for late in _CLAMPED
    }
    return next((end for end in sorted(ends) if end > day and _counted(uses, end, delay(end)) < limit), None)


def _counted(uses: Sequence[Used], day: date, months: int) -> int:
    after = months_before(day, months)
    return sum(use.units for use in uses if after < use.day <= day)


def _next_year(day: date) -> date:
    return date(day.year + 1, 1, 1)


def _years_after(day: date, years: int) -> date:
    return months_before(day, -12 * years)
