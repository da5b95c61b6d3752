"""Glasses and hearing aids: the ceilings of the law, the classes, the renewals; amounts in cents."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from member_space.domain.guarantee import (
    Basket,
    FullCost,
    LensClass,
    OpticsCeilings,
)
from member_space.domain.reimbursement_engine import compute_in_order
from member_space.domain.reimbursement_errors import CannotComputeError, Problem
from member_space.domain.reimbursement_input import (
    Glasses,
    Patient,
)
from member_space.domain.reimbursement_steps import Rule
from member_space.domain.reimbursement_usage import RENEWAL, Ours, Usage, Used
from tests.unit.domain.engine import DAY, FIGURES, care, cover, line, result, rules


@pytest.mark.parametrize(
    ("lenses", "ceiling"),
    [
        *(("simple", 42_000), ("mixed", 56_000), ("simple_very_complex", 61_000)),
        *(("complex", 70_000), ("complex_very_complex", 75_000), ("very_complex", 80_000)),
    ],
)
def test_a_responsible_contract_has_a_ceiling_a_pair_fund_included(lenses, ceiling):
    glasses = Glasses(LensClass(lenses), frame_fee=10_000)
    outcome = result(care("OPT", 150_000, basket=Basket.FREE, glasses=glasses), cover(line(FullCost())))
    assert outcome.amounts.amo_gross + outcome.amounts.our_share == ceiling
    assert Rule.LIMIT_GLASSES in rules(outcome)


def test_the_frame_counts_for_100_euros():
    glasses = Glasses(LensClass.SIMPLE, frame_fee=25_000)
    outcome = result(care("OPT", 35_000, basket=Basket.FREE, glasses=glasses), cover(line(FullCost())))
    assert outcome.amounts.amo_gross + outcome.amounts.our_share == 10_000 + 10_000


def test_a_class_a_frame_is_covered_whole_and_leaves_less_to_class_b_lenses():
    glasses = Glasses(LensClass.SIMPLE, frame_fee=3000, frame_basket=Basket.NO_REST)
    asked = care("OPT", 60_000, base=900, rate=6000, basket=Basket.FREE, glasses=glasses)
    outcome = result(asked, cover(line(FullCost())))
    assert outcome.amounts.amo_gross + outcome.amounts.our_share == 3000 + (42_000 - 3000)


@pytest.mark.parametrize(
    ("lenses", "limit", "base", "ceiling"),
    [
        ("simple", 3250, 1955, 42_000),
        ("mixed", 7375, 4430, 56_000),
        ("complex", 11_500, 6905, 70_000),
        ("very_complex", 17_000, 10_205, 80_000),
    ],
)
def test_class_a_lenses_are_covered_whole_and_leave_the_rest_to_a_class_b_frame(lenses, limit, base, ceiling):
    glasses = Glasses(LensClass(lenses), frame_fee=25_000, lenses_basket=Basket.NO_REST)
    asked = care("OPT", 25_000 + 2 * limit, basket=Basket.FREE, glasses=glasses)
    for formula in (FullCost(), OpticsCeilings(((LensClass(lenses), ceiling),), frame=10_000)):
        amounts = result(asked, cover(line(formula))).amounts
        assert amounts.base == base
        assert amounts.amo_gross + amounts.our_share == 2 * limit + 10_000
    dearer = result(replace(asked, fee=asked.fee + 700), cover(line(FullCost()))).amounts
    assert dearer.member_share == 15_000 + 700


def test_a_class_a_frame_has_its_base_beside_class_b_lenses():
    glasses = Glasses(LensClass.COMPLEX, frame_fee=3000, frame_basket=Basket.NO_REST)
    amounts = result(care("OPT", 80_000, basket=Basket.FREE, glasses=glasses), cover(line(FullCost()))).amounts
    assert (amounts.base, amounts.amo_gross) == (910, 546)
    assert amounts.member_share == 80_000 - 70_000


@pytest.mark.parametrize("pair", [("unifocal", "simple"), ("mixed", "mixed"), ("very_complex", "very_complex")])
def test_a_pair_of_class_a_leaves_nothing_at_its_price_limit(pair):
    word, lenses = f"class_a_{pair[0]}", LensClass(pair[1])
    glasses = Glasses(lenses, 3000, Basket.NO_REST, Basket.NO_REST)
    asked = care("OPT", 0, basket=Basket.NO_REST, glasses=glasses, facts=frozenset({word}))
    limit = FIGURES.rules_for(asked).price_limit
    outcome = result(replace(asked, fee=limit), cover(line(FullCost(), basket=Basket.NO_REST)))
    assert outcome.amounts.member_share == 0
    assert outcome.amounts.base == limit * 30 // 100


def test_the_ceilings_of_the_table():
    ceilings = OpticsCeilings(((LensClass.SIMPLE, 30_000),), frame=5000)
    glasses = Glasses(LensClass.SIMPLE, frame_fee=9000)
    outcome = result(care("OPT", 29_000, basket=Basket.FREE, glasses=glasses), cover(line(ceilings)))
    assert outcome.amounts.amo_gross + outcome.amounts.our_share == 5000 + 20_000


def test_lenses_that_are_not_told_are_not_guessed():
    with pytest.raises(CannotComputeError) as caught:
        result(care("OPT", 42_000, basket=Basket.FREE), cover(line(FullCost())))
    assert caught.value.problem is Problem.LENSES_UNKNOWN


def test_hearing_aids_stop_at_1700_euros_an_ear_fund_included():
    outcome = result(care("PAU", 400_000, quantity=2, basket=Basket.FREE), cover(line(FullCost())))
    assert outcome.amounts.amo_gross + outcome.amounts.our_share == 2 * 170_000


@pytest.mark.parametrize(("age", "months"), [(40, 24), (10, 12), (4, 6)])
def test_glasses_are_renewed_by_age_or_when_the_sight_changes(age, months):
    patient = Patient(date(DAY.year - age, 1, 1))
    glasses = Glasses(LensClass.SIMPLE, frame_fee=10_000)
    asked = care("OPT", 40_000, basket=Basket.FREE, glasses=glasses, patient=patient)
    under = cover(line(FullCost()))
    for before, renewed in ((months * 30 - 20, False), (months * 31, True)):
        usage = Usage([Used(Ours(RENEWAL, "optics"), DAY - timedelta(days=before), 30_000, 1)])
        assert (result(asked, under, usage).amounts.our_share > 6) is renewed
        changed = replace(asked, glasses=replace(glasses, sight_changed=True))
        assert result(changed, under, usage).amounts.our_share > 6


def test_hearing_aids_are_renewed_after_4_years_an_ear_each():
    asked = care("PAU", 95_000, basket=Basket.NO_REST)
    under = cover(line(FullCost()))
    paid = [one.amounts.our_share for one in compute_in_order([asked] * 3, under, Usage())]
    assert paid == [71_000, 71_000, 16_000]
