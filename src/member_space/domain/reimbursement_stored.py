"""A line that was paid, read again as a care that the engine can compute, and its steps when it cannot.

A statement says what was charged, the fund's base and rate, and who paid what; it says neither the doctor's sector nor
the class of an equipment. What the base or the rate alone can tell is read back from the tables; what stays open gives
several readings, and the one that gives the amount paid is the explanation. Nothing else is supposed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from member_space.domain.guarantee import Basket
from member_space.domain.money import Money
from member_space.domain.reference import TariffKind
from member_space.domain.reimbursement import LineAmounts
from member_space.domain.reimbursement_engine import rest_steps
from member_space.domain.reimbursement_figures import CLASSES, DOCTOR, OUT_OF_PATHWAY, WITHOUT_OPTAM, Figures
from member_space.domain.reimbursement_input import Care, FundShare, Patient, Practitioner, Sector
from member_space.domain.reimbursement_steps import Part, Rule, Step


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A line as it was paid. ``zero_reason``: the one written on it, which stays the one told. ``decided``: a handler
    granted this amount on a claim of that day."""

    id: int
    care_date: date
    act_code: str
    label: str
    quantity: int
    amounts: LineAmounts
    zero_reason: str | None
    practitioner: str = ""
    decided: bool = False


def readings(line: StoredLine, patient: Patient, figures: Figures) -> Iterator[Care]:
    """The cares that this line may be, the plainest first; the fund's share as it told it."""
    care = _told(line, patient, figures)
    yield care
    act = figures.acts.get(line.act_code)
    if act is None:
        return
    if care.basket is None and (act.family, Basket.FREE) in CLASSES:
        yield replace(care, basket=Basket.NO_REST)
        yield replace(care, basket=Basket.FREE)
    for word in sorted(figures.words_for(act.code, TariffKind.COPAYMENT, line.care_date)):
        yield replace(care, facts=care.facts | {word})
    if act.rate_kind.startswith(DOCTOR) and care.fee > (care.base or 0) and not care.practitioner.is_without_optam:
        yield replace(care, practitioner=Practitioner(Sector.TWO, name=line.practitioner))


def _told(line: StoredLine, patient: Patient, figures: Figures) -> Care:
    amounts = line.amounts
    words = _words_told(line, patient, figures)
    known = {OUT_OF_PATHWAY, WITHOUT_OPTAM, "alsace_moselle"}
    return Care(
        line.act_code,
        line.care_date,
        amounts.fee,
        replace(patient, alsace_moselle="alsace_moselle" in words),
        quantity=line.quantity,
        practitioner=Practitioner(Sector.TWO if WITHOUT_OPTAM in words else Sector.ONE, name=line.practitioner),
        out_of_pathway=OUT_OF_PATHWAY in words,
        facts=frozenset(words - known),
        basket=next((basket for (_, basket), word in CLASSES.items() if any(w.startswith(word) for w in words)), None),
        base=amounts.base,
        rate=amounts.amo_rate,
        fund=FundShare(amounts.amo_gross, amounts.participation, amounts.franchise, amounts.deferred),
        other_insurer=amounts.other_insurer,
    )


def _words_told(line: StoredLine, patient: Patient, figures: Figures) -> set[str]:
    """The conditions of the tables that the base or the rate of this line can only come from."""
    act = figures.acts.get(line.act_code)
    if act is None or not act.rate_kind:
        return set()
    day, age = line.care_date, patient.age_on(line.care_date)
    unit, rest = divmod(line.amounts.base, line.quantity)
    told = set() if rest else figures.words_of(act.code, TariffKind.BASE, day, age, unit)
    return told | figures.words_of(f"rate:{act.rate_kind}", TariffKind.RATE, day, age, line.amounts.amo_rate)


def stored_steps(line: StoredLine) -> tuple[Step, ...]:
    """The steps that the amounts alone tell: who paid what, without the guarantee. A cancellation has each opposite."""
    sign = -1 if line.amounts.fee < 0 else 1
    amounts = -line.amounts if sign < 0 else line.amounts
    return tuple(step._replace(amount=sign * step.amount) for step in _plain_steps(line.label, amounts, line))


def _plain_steps(label: str, amounts: LineAmounts, line: StoredLine) -> Iterator[Step]:
    yield Step(Rule.FEE, Part.FEE, amounts.fee, {"fee": amounts.fee, "act": label})
    if amounts.amo_gross:
        yield Step(Rule.BASE, Part.FUND, 0, {"base": amounts.base})
        yield Step(Rule.RATE, Part.FUND, 0, {"rate": amounts.amo_rate})
        yield Step(Rule.TOLD_BY_FUND, Part.FUND, amounts.amo_gross, {"gross": amounts.amo_gross})
    else:
        yield Step(Rule.NOT_REFUNDED if amounts.fee else Rule.NOT_CHARGED, Part.FUND, 0, {"act": label})
    yield from _deduction_steps(amounts)
    if amounts.amo_gross and not amounts.amo_net:
        yield Step(Rule.ALL_DEDUCTED, Part.FUND, 0, {})
    if amounts.other_insurer:
        yield Step(Rule.OTHER_INSURER, Part.OTHER, amounts.other_insurer, {"amount": amounts.other_insurer})
    if amounts.our_share:
        yield Step(Rule.PAID_AS_STORED, Part.OURS, amounts.our_share, {"amount": amounts.our_share})
    else:
        yield Step(Rule.ZERO, Part.OURS, 0, {"reason": line.zero_reason or ""})
    yield from rest_steps(amounts, penalty=0)


def _deduction_steps(amounts: LineAmounts) -> Iterator[Step]:
    kept: tuple[tuple[Rule, Money], ...] = (
        (Rule.PARTICIPATION, amounts.participation),
        (Rule.FRANCHISE, amounts.franchise),
    )
    for rule, amount in kept:
        if amount:
            yield Step(rule, Part.FUND, -amount, {"kept": amount})
    if amounts.deferred:
        rule = Rule.DEFERRED if amounts.deferred > 0 else Rule.RECOVERED
        yield Step(rule, Part.FUND, amounts.deferred, {"amount": abs(amounts.deferred)})
