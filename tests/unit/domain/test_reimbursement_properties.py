"""What holds for any act, any guarantee, any usage."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.acts import ActFamily
from member_space.domain.guarantee import (
    BasePercent,
    Basket,
    Cap,
    CapPeriod,
    FeePercent,
    FullCost,
    LensClass,
    LumpSum,
    Per,
)
from member_space.domain.reimbursement import LineProblem, check_line
from member_space.domain.reimbursement_engine import compute, compute_in_order
from member_space.domain.reimbursement_input import Care, Exemption, Glasses, Patient, Practitioner, Sector
from member_space.domain.reimbursement_steps import Part, total_of
from member_space.domain.reimbursement_usage import CARE, LUMP, Ours, Usage, Used
from tests.unit.domain.engine import DAY, FIGURES, cover, line

ACTS = ("G", "CS", "PH7", "PH4", "PH2", "PH1", "HD", "B", "AMS", "PSY", "HBLD634", "PFC", "TO", "IMP", "LEN")
ACTS += ("OPT", "PAU", "OST", "FJ", "CHP", "FPU", "GHS", "ADC", "VSL", "STH")
TOLD_BASE = {"PH7", "PH4", "PH2", "PH1", "B", "GHS", "ADC", "STH", "PFC", "TO", "OPT", "PAU"}
BASKETS = {"OPT": Basket.FREE, "PAU": Basket.FREE}
GLASSES = Glasses(LensClass.SIMPLE, frame_fee=5000)
RATES = st.integers(0, 40_000)
MONEY = st.integers(0, 200_000)
FORMULAS = st.lists(
    st.one_of(
        st.builds(BasePercent, RATES, st.none() | RATES),
        st.builds(LumpSum, MONEY, st.sampled_from(Per)),
        st.builds(FeePercent, st.integers(0, 12_000)),
        st.just(FullCost()),
    ),
    max_size=3,
    unique_by=type,
)
CAPS = st.lists(
    st.builds(
        Cap,
        st.sampled_from([period for period in CapPeriod if period is not CapPeriod.RENEWAL]),
        MONEY,
        st.none() | st.integers(0, 6),
    ),
    max_size=2,
)
PATIENTS = st.builds(
    Patient, st.dates(date(1930, 1, 1), date(2025, 1, 1)), exemption=st.none() | st.sampled_from(Exemption)
)
DOCTORS = st.builds(Practitioner, st.sampled_from(Sector), st.booleans())


@st.composite
def cares(draw, acts=ACTS) -> Care:
    code = draw(st.sampled_from(acts))
    exempt_safe = draw(st.booleans())
    patient = draw(PATIENTS)
    return Care(
        code,
        DAY + timedelta(days=draw(st.integers(0, 60))),
        draw(MONEY),
        patient if exempt_safe else replace(patient, exemption=None),
        quantity=draw(st.integers(1, 5)),
        practitioner=draw(DOCTORS),
        out_of_pathway=code in ("G", "CS") and not exempt_safe and draw(st.booleans()),
        basket=BASKETS.get(code),
        glasses=GLASSES if code == "OPT" else None,
        base=draw(st.integers(0, 120_000)) if code in TOLD_BASE or code == "CS" else None,
        other_insurer=draw(st.just(0) | st.integers(0, 500)),
    )


TABLES = st.builds(
    lambda formulas, caps, responsible: cover(
        line(*formulas, families=frozenset(ActFamily), caps=tuple(caps)), responsible=responsible
    ),
    FORMULAS,
    CAPS,
    st.booleans(),
)


def payable(care: Care) -> bool:
    """Another insurer that paid more than what was left leaves no room: its overpayment is not ours to mend."""
    return care.fee >= care.other_insurer


@given(cares().filter(payable), TABLES)
def test_a_line_is_never_wrong(care, under):
    line = compute(care, under, Usage()).amounts
    assert 0 <= line.our_share <= care.fee
    found = {finding.problem for finding in check_line(line, responsible=under.table.responsible)}
    crowded = line.amo_net + line.other_insurer > line.fee
    assert found <= {LineProblem.GROSS_DIFFERS} | ({LineProblem.OVERPAID} if crowded else set())


@given(cares().filter(payable), TABLES)
def test_the_steps_of_each_part_add_up_to_it(care, under):
    outcome = compute(care, under, Usage())
    line = outcome.amounts
    assert total_of(outcome.steps, Part.FEE) == line.fee
    assert total_of(outcome.steps, Part.FUND) == line.amo_net
    assert total_of(outcome.steps, Part.OTHER) == line.other_insurer
    assert total_of(outcome.steps, Part.OURS) == line.our_share
    assert total_of(outcome.steps, Part.REST) == line.member_share


@given(cares().filter(payable), FORMULAS, CAPS)
def test_a_responsible_contract_never_refunds_a_deduction(care, formulas, caps):
    under = cover(line(*formulas, caps=tuple(caps)))
    line_ = compute(replace(care, other_insurer=0), under, Usage()).amounts
    assert line_.member_share >= line_.deducted
    assert line_.our_share <= line_.fee - line_.amo_gross


@given(st.lists(cares(("PFC",)), min_size=2, max_size=6), st.integers(0, 60_000), RATES, st.randoms())
def test_the_order_of_lines_within_a_cap_keeps_its_total(acts, cap, rate, random):
    """The caps on an amount; on a count, the first acts are the ones paid."""
    under = cover(line(BasePercent(rate), caps=(Cap(CapPeriod.CIVIL_YEAR, amount=cap),)))
    acts = [replace(act, care_date=DAY) for act in acts]
    shuffled = random.sample(acts, len(acts))
    totals = [sum(one.amounts.our_share for one in compute_in_order(some, under, Usage())) for some in (acts, shuffled)]
    assert totals[0] == totals[1]


@given(cares(), TABLES, st.integers(0, 50_000))
def test_a_higher_fee_is_never_refunded_less(care, under, more):
    care = replace(care, other_insurer=0)
    if care.out_of_pathway and not under.table.responsible:
        care = replace(care, out_of_pathway=False)
    low, high = (compute(replace(care, fee=fee), under, Usage()).amounts for fee in (care.fee, care.fee + more))
    assert low.total <= high.total


@given(cares(), RATES, RATES, MONEY, MONEY, st.booleans())
def test_more_guarantee_never_pays_less(care, rate, more, amount, cap, responsible):
    def paid(percent: int, lump: int, most: int) -> int:
        formulas = (BasePercent(percent), LumpSum(lump, Per.ACT))
        under = cover(line(*formulas, caps=(Cap(CapPeriod.CIVIL_YEAR, amount=most),)), responsible=responsible)
        return compute(care, under, Usage()).amounts.our_share

    least = paid(rate, amount, cap)
    assert least <= paid(rate + more, amount, cap)
    assert least <= paid(rate, amount + more, cap)
    assert least <= paid(rate, amount, cap + more)


@given(cares(), TABLES, st.integers(0, 5000))
def test_what_was_used_never_gives_more(care, under, taken):
    basket = FIGURES.rules_for(care).basket
    day, act = care.care_date, care.act_code
    used = Usage([Used(Ours(CARE, act, basket), day, taken, 1), Used(Ours(LUMP, act, basket), day, taken)])
    assert compute(care, under, used).amounts.our_share <= compute(care, under, Usage()).amounts.our_share
